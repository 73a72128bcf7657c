# cp_embed(TARGET DIR): the files of DIR as cp::http::find_asset() (src/node/http/assets.hpp). As bytes in hexadecimal,
# because no string literal is long enough and safe for every content.
function(cp_embed target dir)
  set(types html "text/html; charset=utf-8" js "text/javascript; charset=utf-8" css "text/css; charset=utf-8"
            svg "image/svg+xml" png "image/png")
  file(GLOB files CONFIGURE_DEPENDS "${dir}/*")
  set(arrays "")
  set(rows "")
  set(index 0)
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    get_filename_component(name "${file}" NAME)
    get_filename_component(ending "${file}" LAST_EXT)
    string(SUBSTRING "${ending}" 1 -1 ending)
    list(FIND types "${ending}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "${file}: no content type is known for .${ending}")
    endif()
    math(EXPR at "${at} + 1")
    list(GET types ${at} type)
    file(READ "${file}" hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
    string(APPEND arrays "constexpr char file_${index}[] = {${bytes} 0};\n")
    string(APPEND rows "    {\"${name}\", \"${type}\", {file_${index}, sizeof file_${index} - 1}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/embedded/${target}.cpp" @ONLY CONTENT
"#include \"http/assets.hpp\"

#include <algorithm>
#include <array>

namespace cp::http {
namespace {

${arrays}
constexpr auto files = std::to_array<Asset>({
${rows}});

} // namespace

const Asset* find_asset(std::string_view name) {
    const auto found = std::ranges::find(files, name, &Asset::name);
    return found == files.end() ? nullptr : &*found;
}

} // namespace cp::http
")
  target_sources(${target} PRIVATE "${CMAKE_BINARY_DIR}/embedded/${target}.cpp")
endfunction()
