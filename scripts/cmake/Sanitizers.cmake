# One switch for the whole build: a half-sanitized program reports nonsense.
if(CP_SANITIZE)
  list(JOIN CP_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitizers})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND "undefined" IN_LIST CP_SANITIZE)
    add_compile_options(-fno-sanitize=function)  # clang 14 cannot compile coroutines with it
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # With them GCC 12 mistakes the frames of coroutines for memory of another allocator.
    add_compile_options(-Wno-mismatched-new-delete)
    if("thread" IN_LIST CP_SANITIZE)
      add_compile_options(-Wno-tsan)  # Asio fences where it also locks; the sanitizer sees the locks only
    endif()
  endif()
endif()
if(CP_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
