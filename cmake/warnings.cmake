# Warnings for our own code; other people's headers are system headers and stay silent.
# Not here: -Wsign-conversion, which asks for a cast wherever a container is indexed and hides the casts that matter;
# -Wnull-dereference, which sees through into Boost and raises false alarms there.

add_library(asof_warnings INTERFACE)
target_compile_options(asof_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wcast-qual -Wnon-virtual-dtor -Woverloaded-virtual
  -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wimplicit-fallthrough -Wunused
  -Wno-missing-field-initializers  # options are structs with defaults; call sites name the few they change
)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Both are known false alarms of GCC 12 inside std::string and std::optional.
  target_compile_options(asof_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(ASOF_WARNINGS_AS_ERRORS)
  target_compile_options(asof_warnings INTERFACE -Werror)
endif()
