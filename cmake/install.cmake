# The installed tree: bin/asof, and beside it in lib/ every library that is not part of any Linux system (glibc and
# the C++ runtime are). It can be moved: programs and libraries find each other relative to themselves.

if(NOT TARGET asof)
  return()
endif()

install(TARGETS asof RUNTIME_DEPENDENCY_SET asof_libraries RUNTIME DESTINATION bin)
install(IMPORTED_RUNTIME_ARTIFACTS asof::adbc_postgresql_driver
  RUNTIME_DEPENDENCY_SET asof_libraries LIBRARY DESTINATION lib)
install(RUNTIME_DEPENDENCY_SET asof_libraries
  PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv|util|gcc_s|stdc\\+\\+)\\.so"
  POST_EXCLUDE_REGEXES "^/lib(64)?/ld-linux"
  DIRECTORIES ${ASOF_DEPS}/arrow/lib ${ASOF_DEPS}/lightgbm/lib
  LIBRARY DESTINATION lib)

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/asof)
foreach(library arrow lightgbm adbc)
  install(DIRECTORY ${ASOF_DEPS}/${library}/licenses/ DESTINATION share/doc/asof/licenses/${library})
endforeach()
