# cp_module(NAME DIR dir [PURE] [DEPS module...] [HIDES library...] [SHOWS library...])
#
# One static library cp_NAME from every .cpp in dir. Headers are published through a private include
# root, build/include/NAME/NAME -> dir, so a module sees the headers of the modules it links and of those
# that they link: including from a module above is "no such file". PURE adds a test that the archive references no
# clock, socket, thread, file, environment or global generator.
function(cp_module name)
  cmake_parse_arguments(arg "PURE" "DIR" "DEPS;HIDES;SHOWS" ${ARGN})
  set(dir "${CMAKE_CURRENT_SOURCE_DIR}/${arg_DIR}")
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/*.cpp")
  file(GLOB headers RELATIVE "${dir}" CONFIGURE_DEPENDS "${dir}/*.hpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")

  set(root "${CMAKE_BINARY_DIR}/include/${name}")
  file(MAKE_DIRECTORY "${root}")
  file(CREATE_LINK "${dir}" "${root}/${name}" SYMBOLIC)
  list(TRANSFORM headers PREPEND "${root}/${name}/")

  if(sources)
    add_library(cp_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(cp_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_sources(cp_${name} ${scope} FILE_SET HEADERS BASE_DIRS "${root}" FILES ${headers})
  foreach(dep IN LISTS arg_DEPS)
    target_link_libraries(cp_${name} ${scope} cp_${dep})
  endforeach()
  target_link_libraries(cp_${name} ${scope} cp_boost_headers ${arg_SHOWS})
  if(sources)
    target_link_libraries(cp_${name} PRIVATE ${arg_HIDES})
  endif()

  if(arg_PURE AND sources AND CP_TESTS AND NOT CP_SANITIZE)
    add_test(NAME pure.${name}
             COMMAND "${CMAKE_SOURCE_DIR}/scripts/check_pure.sh" "$<TARGET_FILE:cp_${name}>")
    set_tests_properties(pure.${name} PROPERTIES LABELS unit)
  endif()
endfunction()

# cp_test(NAME SOURCES file... LINKS library... [LABEL label] [ARGS arg...]): one Boost.Test program, one CTest.
function(cp_test name)
  cmake_parse_arguments(arg "" "LABEL" "SOURCES;LINKS;ARGS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  target_compile_definitions(test_${name} PRIVATE BOOST_TEST_DYN_LINK
    CP_TESTS_DIR="${CMAKE_SOURCE_DIR}/tests")
  target_include_directories(test_${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  target_link_libraries(test_${name} PRIVATE ${arg_LINKS} Boost::unit_test_framework)
  add_test(NAME ${name} COMMAND test_${name} ${arg_ARGS})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL})
endfunction()
