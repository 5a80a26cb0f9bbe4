# How all of our code is compiled. Scores must be the same bits on every processor, so: one instruction set for all
# (x86-64-v2), no fused multiply-add, no reordering of floating-point operations.

add_compile_options(-ffp-contract=off -fno-fast-math)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-march=x86-64-v2)
endif()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(ASOF_CCACHE ccache)
if(ASOF_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What is remembered does not depend on where a clone lies.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${ASOF_CCACHE})
endif()

# The linkers that are faster than the default one, fastest first.
include(CheckLinkerFlag)
foreach(linker mold lld gold)
  check_linker_flag(CXX -fuse-ld=${linker} ASOF_LINKER_${linker})
  if(ASOF_LINKER_${linker})
    add_link_options(-fuse-ld=${linker})
    break()
  endif()
endforeach()

# DT_RPATH instead of DT_RUNPATH: it also counts for the libraries of our libraries (libpq brings LDAP and Kerberos),
# which is what lets an installed tree be moved.
add_link_options(-Wl,--disable-new-dtags)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")
