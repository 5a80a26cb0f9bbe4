# asof_registry(<folder> <list.def>): the files of a folder and the lines of its list belong together, one to one.
#
# src/features/aggregations/mean.cpp wants `REGISTER(mean)` in src/features/aggregations.def. A file without a line
# would silently not exist for users; a line without a file would fail at link time with a riddle. Both stop here.

option(ASOF_STRICT_LISTS "Stop when a folder and its list differ (off: warn, halfway through a change)" ON)
if(ASOF_STRICT_LISTS)
  set(asof_list_problem FATAL_ERROR)
else()
  set(asof_list_problem WARNING)
endif()

function(asof_registry folder list)
  set(folder ${PROJECT_SOURCE_DIR}/src/${folder})
  set(list ${PROJECT_SOURCE_DIR}/src/${list})
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.cpp)
  list(FILTER files EXCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM files REPLACE "\\.cpp$" "")

  set(registered "")
  if(EXISTS ${list})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
    file(STRINGS ${list} lines REGEX "^[ \t]*REGISTER\\([A-Za-z0-9_]+\\)")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^[ \t]*REGISTER\\(([A-Za-z0-9_]+)\\).*" "\\1" name "${line}")
      if(name IN_LIST registered)
        message(${asof_list_problem} "${list}: REGISTER(${name}) stands there twice; remove one")
      endif()
      list(APPEND registered ${name})
    endforeach()
  endif()

  foreach(name IN LISTS files)
    if(NOT name IN_LIST registered)
      message(${asof_list_problem} "${folder}/${name}.cpp is not registered: add the line REGISTER(${name}) to ${list}")
    endif()
  endforeach()
  foreach(name IN LISTS registered)
    if(NOT name IN_LIST files)
      message(${asof_list_problem} "${list}: REGISTER(${name}) has no file: add ${folder}/${name}.cpp or remove the line")
    endif()
  endforeach()
endfunction()
