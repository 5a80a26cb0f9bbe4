# asof_embed(<target> <layer> <folder>): every file under src/<layer>/<folder>/ becomes part of the program.
#
# Code reads them back with
#     #include "embedded/<layer>_<folder>.h"
#     for (const asof::embedded::File& file : asof::embedded::<layer>_<folder>()) ...   // sorted by path
# An absent or empty folder gives an empty list. The assembler copies the bytes (.incbin), so any content and size do.

function(asof_embed target layer folder)
  set(root ${PROJECT_SOURCE_DIR}/src/${layer}/${folder})
  set(generated ${PROJECT_BINARY_DIR}/generated/embedded)
  set(name ${layer}_${folder})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${root} ${root}/*)
  list(SORT files COMPARE STRING)

  set(data "")
  set(rows "")
  set(index 0)
  set(paths "")
  foreach(file IN LISTS files)
    set(symbol asof_embedded_${name}_${index})
    string(APPEND data
      "__asm__(\".section .rodata\\n${symbol}:\\n.incbin \\\"${root}/${file}\\\"\\n${symbol}_end:\\n.byte 0\\n.previous\\n\");\n"
      "extern \"C\" const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND rows "      {\"${file}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    list(APPEND paths ${root}/${file})
    math(EXPR index "${index} + 1")
  endforeach()

  file(CONFIGURE OUTPUT ${generated}/file.h @ONLY CONTENT [=[
// Generated. Files that are part of the program.
#pragma once

#include <string_view>

namespace asof::embedded {

struct File {
  std::string_view path;     // relative to the folder that was embedded, with '/'
  std::string_view content;  // followed by a zero byte
};

}  // namespace asof::embedded
]=])
  file(CONFIGURE OUTPUT ${generated}/${name}.h @ONLY CONTENT [=[
// Generated from src/@layer@/@folder@/.
#pragma once

#include <span>

#include "embedded/file.h"

namespace asof::embedded {

std::span<const File> @name@();

}  // namespace asof::embedded
]=])
  file(CONFIGURE OUTPUT ${generated}/${name}.cpp @ONLY CONTENT [=[
// Generated from src/@layer@/@folder@/.
#include "embedded/@name@.h"

#include <cstddef>
#include <vector>

@data@
namespace asof::embedded {

std::span<const File> @name@() {
  static const std::vector<File> files = {
@rows@  };
  return files;
}

}  // namespace asof::embedded
]=])
  set_property(SOURCE ${generated}/${name}.cpp TARGET_DIRECTORY ${target} APPEND PROPERTY OBJECT_DEPENDS ${paths})
  target_sources(${target} PRIVATE ${generated}/${name}.cpp)
endfunction()
