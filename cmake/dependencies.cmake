# Every library that asof uses, as a target asof::<name>. Debian has most of them. Arrow and LightGBM are used as
# installed when CMake finds them, else from the pinned wheels that tools/setup unpacked into .deps/root; the ADBC
# driver always comes from there.

set(ASOF_DEPS ${PROJECT_SOURCE_DIR}/.deps/root CACHE PATH "Where tools/setup unpacked the pinned libraries")
if(NOT EXISTS ${ASOF_DEPS}/stamp)
  message(FATAL_ERROR "The pinned libraries are not in ${ASOF_DEPS}. Run tools/setup first.")
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# asof_import(<name> LIBRARY <file.so> INCLUDE <folder>): one shared library that has no CMake package
function(asof_import name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LIBRARY;INCLUDE" "")
  if(NOT EXISTS ${arg_LIBRARY} OR NOT EXISTS ${arg_INCLUDE})
    message(FATAL_ERROR "asof::${name}: ${arg_LIBRARY} or ${arg_INCLUDE} is missing. Run tools/setup first.")
  endif()
  add_library(asof::${name} SHARED IMPORTED GLOBAL)
  set_target_properties(asof::${name} PROPERTIES
    IMPORTED_LOCATION ${arg_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${arg_INCLUDE})
endfunction()

# asof_alias(<name> <targets...>): a library that has a CMake package
function(asof_alias name)
  add_library(asof::${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(asof::${name} INTERFACE ${ARGN})
endfunction()

# Apache Arrow, its compute functions and Parquet
find_package(Arrow CONFIG QUIET)
find_package(ArrowCompute CONFIG QUIET)
find_package(Parquet CONFIG QUIET)
if(Arrow_FOUND AND ArrowCompute_FOUND AND Parquet_FOUND)
  message(STATUS "Arrow: installed, ${Arrow_VERSION}")
  asof_alias(arrow ArrowCompute::arrow_compute_shared Parquet::parquet_shared Arrow::arrow_shared Threads::Threads)
else()
  message(STATUS "Arrow: from ${ASOF_DEPS}")
  file(GLOB arrow_library ${ASOF_DEPS}/arrow/lib/libarrow.so.*)
  file(GLOB arrow_compute_library ${ASOF_DEPS}/arrow/lib/libarrow_compute.so.*)
  file(GLOB parquet_library ${ASOF_DEPS}/arrow/lib/libparquet.so.*)
  asof_import(arrow_core LIBRARY ${arrow_library} INCLUDE ${ASOF_DEPS}/arrow/include)
  asof_import(arrow_compute LIBRARY ${arrow_compute_library} INCLUDE ${ASOF_DEPS}/arrow/include)
  asof_import(parquet LIBRARY ${parquet_library} INCLUDE ${ASOF_DEPS}/arrow/include)
  asof_alias(arrow asof::arrow_compute asof::parquet asof::arrow_core Threads::Threads)
endif()

# LightGBM
find_library(ASOF_LIGHTGBM_LIBRARY NAMES _lightgbm lightgbm)
find_path(ASOF_LIGHTGBM_INCLUDE LightGBM/c_api.h)
if(ASOF_LIGHTGBM_LIBRARY AND ASOF_LIGHTGBM_INCLUDE)
  message(STATUS "LightGBM: installed, ${ASOF_LIGHTGBM_LIBRARY}")
  asof_import(lightgbm LIBRARY ${ASOF_LIGHTGBM_LIBRARY} INCLUDE ${ASOF_LIGHTGBM_INCLUDE})
else()
  message(STATUS "LightGBM: from ${ASOF_DEPS}")
  asof_import(lightgbm LIBRARY ${ASOF_DEPS}/lightgbm/lib/lib_lightgbm.so INCLUDE ${ASOF_DEPS}/lightgbm/include)
endif()

# ADBC: the driver manager, compiled from its own sources, loads a driver by path. The PostgreSQL driver is found as
# <folder of the program>/../lib/<ASOF_ADBC_POSTGRESQL_DRIVER>, in the build tree as in an installed one.
file(GLOB adbc_sources ${ASOF_DEPS}/adbc/src/adbc_driver_manager*.cc)
add_library(asof_adbc_manager STATIC ${adbc_sources})
target_compile_options(asof_adbc_manager PRIVATE -w)
target_include_directories(asof_adbc_manager SYSTEM PUBLIC ${ASOF_DEPS}/adbc/src)
target_link_libraries(asof_adbc_manager PUBLIC Threads::Threads ${CMAKE_DL_LIBS})
asof_alias(adbc asof_adbc_manager)
set(ASOF_ADBC_POSTGRESQL_DRIVER libadbc_driver_postgresql.so)
set_property(TARGET asof::adbc PROPERTY
  INTERFACE_COMPILE_DEFINITIONS ASOF_ADBC_POSTGRESQL_DRIVER="${ASOF_ADBC_POSTGRESQL_DRIVER}")
add_library(asof::adbc_postgresql_driver MODULE IMPORTED GLOBAL)
set_property(TARGET asof::adbc_postgresql_driver PROPERTY
  IMPORTED_LOCATION ${ASOF_DEPS}/adbc/lib/${ASOF_ADBC_POSTGRESQL_DRIVER})
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
file(CREATE_LINK ${ASOF_DEPS}/adbc/lib/${ASOF_ADBC_POSTGRESQL_DRIVER}
  ${PROJECT_BINARY_DIR}/lib/${ASOF_ADBC_POSTGRESQL_DRIVER} SYMBOLIC)

# The other models
# (Debian's CMake package of XGBoost asks for its command-line program too, which we do not need.)
find_library(ASOF_XGBOOST_LIBRARY xgboost REQUIRED)
find_path(ASOF_XGBOOST_INCLUDE xgboost/c_api.h REQUIRED)
asof_import(xgboost LIBRARY ${ASOF_XGBOOST_LIBRARY} INCLUDE ${ASOF_XGBOOST_INCLUDE})
find_library(ASOF_LIBLINEAR_LIBRARY linear REQUIRED)
find_path(ASOF_LIBLINEAR_INCLUDE linear.h REQUIRED)
asof_import(liblinear LIBRARY ${ASOF_LIBLINEAR_LIBRARY} INCLUDE ${ASOF_LIBLINEAR_INCLUDE})
# LIBLINEAR calls whichever BLAS the machine prefers, and a tuned one adds up in another order on every processor.
# The reference BLAS, named here, comes first in our search path, so a trained model is the same everywhere.
find_library(ASOF_BLAS_LIBRARY libblas.so.3
  PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/blas /usr/lib64/blas NO_DEFAULT_PATH)
if(ASOF_BLAS_LIBRARY)
  set_property(TARGET asof::liblinear PROPERTY IMPORTED_LINK_INTERFACE_LIBRARIES ${ASOF_BLAS_LIBRARY})
endif()

# Boost. Asio and Beast are compiled once, in a library, instead of in every file that includes them.
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)
asof_alias(json Boost::json)
add_library(asof_beast_compiled STATIC ${PROJECT_SOURCE_DIR}/cmake/beast.cpp)
target_compile_options(asof_beast_compiled PRIVATE -w)
target_compile_definitions(asof_beast_compiled PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(asof_beast_compiled PUBLIC Boost::headers Boost::url OpenSSL::SSL Threads::Threads)
asof_alias(beast asof_beast_compiled)

# The rest
find_package(PostgreSQL REQUIRED)
find_package(SQLite3 3.37 REQUIRED) # the first with STRICT tables
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(date REQUIRED)
asof_alias(openssl OpenSSL::Crypto)
asof_alias(pq PostgreSQL::PostgreSQL)
asof_alias(sqlite SQLite::SQLite3)
asof_alias(yaml yaml-cpp)
asof_alias(fmt fmt::fmt)
asof_alias(spdlog spdlog::spdlog)
asof_alias(cli11 CLI11::CLI11)
asof_alias(prometheus prometheus-cpp::core)
asof_alias(date date::date-tz)

if(ASOF_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
  asof_alias(testing GTest::gmock GTest::gtest GTest::gtest_main rapidcheck rapidcheck_gtest)
endif()
