# asof_registry(<folder> <list.def>): the files of a folder and the lines of its list belong together, one to one.
#
# src/features/aggregations/mean.cpp wants `REGISTER(mean)` in src/features/aggregations.def. A file without a line
# would silently not exist for users; a line without a file would fail at link time with a riddle. Both stop here.

function(asof_registry folder list)
  set(folder ${PROJECT_SOURCE_DIR}/src/${folder})
  set(list ${PROJECT_SOURCE_DIR}/src/${list})
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.cpp)
  list(FILTER files EXCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM files REPLACE "\\.cpp$" "")

  set(registered "")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
  file(STRINGS ${list} lines)
  foreach(line IN LISTS lines)
    if(line MATCHES "^[ \t]*(//.*)?$")
      continue()
    endif()
    if(NOT line MATCHES "^[ \t]*REGISTER\\(([A-Za-z0-9_]+)\\)[ \t]*(//.*)?$")
      message(FATAL_ERROR "${list}: the line `${line}` is not understood: a line is REGISTER(name)")
    endif()
    set(name ${CMAKE_MATCH_1})
    if(name IN_LIST registered)
      message(FATAL_ERROR "${list}: REGISTER(${name}) stands there twice; remove one")
    endif()
    list(APPEND registered ${name})
    if(NOT name IN_LIST files)
      message(FATAL_ERROR "${list}: REGISTER(${name}) has no file: add ${folder}/${name}.cpp or remove the line")
    endif()
  endforeach()

  foreach(name IN LISTS files)
    if(NOT name IN_LIST registered)
      message(FATAL_ERROR "${folder}/${name}.cpp is not registered: add the line REGISTER(${name}) to ${list}")
    endif()
  endforeach()
endfunction()
