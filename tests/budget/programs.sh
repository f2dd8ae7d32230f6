# shellcheck shell=bash
# Sets programs: the name of each program that has a budget, and where it is. Sourced with build=DIRECTORY.
: "${build:?}"

# shellcheck disable=SC2034 # for who sources it
declare -A programs=([shmctl]=$build/src/main/shmctl [shmctl-static]=$build/src/libexec/shmctl/static/shmctl)
