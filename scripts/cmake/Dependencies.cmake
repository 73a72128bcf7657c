# Every third-party library is named here, once, and is private to the modules that hide it.
# scripts/setup.sh unpacks Boost into build/boost-prefix when an older one that must stay is installed. Only Boost's own
# package files know where they were unpacked; the module that CMake ships would mix both versions.
set(cp_boost_prefix "${CMAKE_CURRENT_SOURCE_DIR}/build/boost-prefix")
if(EXISTS "${cp_boost_prefix}/complete")
  list(PREPEND CMAKE_PREFIX_PATH "${cp_boost_prefix}/usr")
  # Boost's libraries need one another, and only the old kind of run path is searched for those too.
  add_link_options(-Wl,--disable-new-dtags)
endif()
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS serialization unit_test_framework log json)
# Debian's Boost headers are system headers: their warnings are not ours.
add_library(cp_boost_headers INTERFACE)
target_link_libraries(cp_boost_headers INTERFACE Boost::headers)

find_path(CRYPTOPP_INCLUDE cryptopp/sha.h REQUIRED)
find_library(CRYPTOPP_LIBRARY NAMES cryptopp crypto++ REQUIRED)
add_library(CryptoPP::CryptoPP UNKNOWN IMPORTED)
set_target_properties(CryptoPP::CryptoPP PROPERTIES IMPORTED_LOCATION "${CRYPTOPP_LIBRARY}"
                      INTERFACE_INCLUDE_DIRECTORIES "${CRYPTOPP_INCLUDE}")

find_path(ISAL_INCLUDE isa-l/erasure_code.h REQUIRED)
find_library(ISAL_LIBRARY isal REQUIRED)
add_library(isal INTERFACE)
target_include_directories(isal SYSTEM INTERFACE "${ISAL_INCLUDE}")
target_link_libraries(isal INTERFACE "${ISAL_LIBRARY}")

# Debian has it for x86-64 alone; elsewhere Crypto++ seals the datagrams.
add_library(cp_ipsec_mb INTERFACE)
find_path(IPSEC_MB_INCLUDE intel-ipsec-mb.h)
find_library(IPSEC_MB_LIBRARY IPSec_MB)
if(IPSEC_MB_INCLUDE AND IPSEC_MB_LIBRARY)
  target_include_directories(cp_ipsec_mb SYSTEM INTERFACE "${IPSEC_MB_INCLUDE}")
  target_link_libraries(cp_ipsec_mb INTERFACE "${IPSEC_MB_LIBRARY}")
  target_compile_definitions(cp_ipsec_mb INTERFACE CP_HAVE_IPSEC_MB)
endif()

# find_package(OpenCV) wants every -dev package of OpenCV; three modules are all we use.
find_path(OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
add_library(cp_opencv INTERFACE)
target_include_directories(cp_opencv SYSTEM INTERFACE "${OPENCV_INCLUDE}")
foreach(component imgcodecs imgproc core)
  find_library(OPENCV_${component} opencv_${component} REQUIRED)
  target_link_libraries(cp_opencv INTERFACE "${OPENCV_${component}}")
endforeach()

find_package(ZLIB REQUIRED)
find_path(ZSTD_INCLUDE zstd.h REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
add_library(cp_zstd INTERFACE)
target_include_directories(cp_zstd SYSTEM INTERFACE "${ZSTD_INCLUDE}")
target_link_libraries(cp_zstd INTERFACE "${ZSTD_LIBRARY}")

# Header-only, installed where the compiler looks anyway.
foreach(header_only "tomlplusplus:toml++/toml.h" "CLI11:CLI/CLI.hpp" "restinio:restinio/version.hpp")
  string(REPLACE ":" ";" pair "${header_only}")
  list(GET pair 0 library)
  list(GET pair 1 header)
  find_path(${library}_INCLUDE ${header} REQUIRED)
  add_library(${library} INTERFACE)
  target_include_directories(${library} SYSTEM INTERFACE "${${library}_INCLUDE}")
endforeach()

find_package(prometheus-cpp CONFIG REQUIRED)
find_package(pugixml CONFIG REQUIRED)
# OpenSSL or GnuTLS does not matter. 7.87 is the first that signs a digest of the body which it is given.
find_package(CURL 7.87 REQUIRED)
add_library(libcurl ALIAS CURL::libcurl)

find_package(OpenSSL 3.0 REQUIRED)

find_path(LIBEDIT_INCLUDE histedit.h REQUIRED)
find_library(LIBEDIT_LIBRARY edit REQUIRED)
add_library(libedit INTERFACE)
target_include_directories(libedit SYSTEM INTERFACE "${LIBEDIT_INCLUDE}")
target_link_libraries(libedit INTERFACE "${LIBEDIT_LIBRARY}")
