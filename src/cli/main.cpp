// The program. Everything it can do is in commands/.
#include "cli/command.h"

int main(int argc, char** argv) { return asof::run_program(argc, argv); }
