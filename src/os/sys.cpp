#include "os/sys.hpp"

namespace shm::os::sys {

constinit Tracer tracer = nullptr;

#if defined(__x86_64__)
// From raw(), which has put the call into the registers of a system call: hands them to the tracer, and leaves all
// registers but rax as they were, as a system call does. Vector registers too: the tracer is compiled as any function.
__asm__(R"(
        .pushsection .text.unlikely.shm_os_traced, "ax", @progbits
        .globl  shm_os_traced
        .hidden shm_os_traced
        .type   shm_os_traced, @function
shm_os_traced:
        push    %rbp
        mov     %rsp, %rbp
        push    %r9
        push    %r8
        push    %r10
        push    %rdx
        push    %rsi
        push    %rdi
        push    %rax
        mov     %rsp, %rdi
        sub     $512, %rsp
        and     $-16, %rsp
        fxsave64 (%rsp)
        call    *shm_os_tracer(%rip)
        fxrstor64 (%rsp)
        lea     -48(%rbp), %rsp
        pop     %rdi
        pop     %rsi
        pop     %rdx
        pop     %r10
        pop     %r8
        pop     %r9
        pop     %rbp
        ret
        .size   shm_os_traced, .-shm_os_traced
        .popsection
)");
#endif

}  // namespace shm::os::sys
