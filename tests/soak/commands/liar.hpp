// A program that now and then says that it has done what it has not: to know that the workloads notice.
#pragma once

namespace soak {

/// Names the true program to liars that are started from now on.
void prepare_liars(const char* program);
/// Whether this process was started as one.
bool is_liar();
/// Is one: with the words of a call of the program.
int lie(char** argv);

}  // namespace soak
