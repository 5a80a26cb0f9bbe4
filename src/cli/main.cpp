// The program. Everything it can do is in commands/.
#include <malloc.h>

#include "cli/command.h"

int main(int argc, char** argv) {
  // Batches of columns come and go: what one has given back is for the next, not for the system, which would clear it.
  ::mallopt(M_MMAP_THRESHOLD, 256 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  return asof::run_program(argc, argv);
}
