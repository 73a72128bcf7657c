#include "client_core/output_name.hpp"

#include "base/utf8.hpp"

#include <utility>

namespace cp::client {
namespace {

constexpr std::size_t component_max = 255; // NAME_MAX of every file system in use
constexpr std::size_t extension_max = 16;  // what is longer is part of the name, with a dot in it
constexpr std::size_t number_room = 12;    // "-" and any unsigned

// They make "gpj.exe" out of "exe.jpg" on a screen, or end a line.
constexpr bool is_deceptive(char32_t c) {
    return is_control(c) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

std::string clean(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Utf8Char c = first_utf8(text);
        if (c.code == not_utf8 || is_deceptive(c.code)) {
            out += '_';
        } else {
            out += text.substr(0, c.size);
        }
        text.remove_prefix(c.size);
    }
    return out;
}

// The first `size` bytes, or fewer when a character would be cut.
std::string_view head(std::string_view text, std::size_t size) {
    if (text.size() <= size) return text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
    return text.substr(0, size);
}

std::string_view last_component(std::string_view path) {
    while (path.ends_with('/')) path.remove_suffix(1);
    const std::string_view name = path.substr(path.rfind('/') + 1); // npos + 1 is 0
    return name == "." || name == ".." ? std::string_view{} : name;
}

struct NameParts {
    std::string_view stem;
    std::string_view extension; // with its dot, or empty
};

NameParts parts_of(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || name.size() - dot - 1 > extension_max) return {name, {}};
    if (dot + 1 == name.size()) return {name.substr(0, dot), {}};
    return {name.substr(0, dot), name.substr(dot)};
}

std::string join(std::string_view front, std::string_view stem, std::string_view back) {
    // Dots at its ends would hide the file or pose as an extension.
    while (stem.starts_with('.')) stem.remove_prefix(1);
    while (stem.ends_with('.')) stem.remove_suffix(1);
    const std::string_view shown = stem.empty() ? std::string_view{"unnamed"} : stem;
    const std::size_t room = component_max - number_room - front.size() - back.size();
    return std::string{front}.append(head(shown, room)).append(back);
}

} // namespace

std::string output_name(std::string_view kind, std::string_view original_path, std::uint64_t unix_seconds) {
    const std::string name = clean(last_component(original_path));
    const NameParts parts = parts_of(name);
    const std::string back = '_' + std::to_string(unix_seconds) + std::string{parts.extension};
    return join(std::string{kind} + '_', parts.stem, back);
}

std::string stego_name(std::string_view cover_path, std::uint64_t unix_seconds) {
    const std::string name = clean(last_component(cover_path));
    return join("stego_", parts_of(name).stem, '_' + std::to_string(unix_seconds) + ".png");
}

std::string extracted_name(std::string_view hidden_name, std::string_view picture_path) {
    const std::string name = clean(last_component(hidden_name));
    const NameParts parts = parts_of(name);
    if (!name.empty()) return join("extracted_", parts.stem, parts.extension);
    const std::string picture = clean(last_component(picture_path));
    return join("extracted_", parts_of(picture).stem, ".bin");
}

std::string decrypted_name(std::string_view encrypted_path) {
    constexpr std::string_view prefix = "encrypted_";
    const std::string name = clean(last_component(encrypted_path));
    NameParts parts = parts_of(name);
    if (parts.stem.starts_with(prefix)) parts.stem.remove_prefix(prefix.size());
    if (parts.extension == ".cpe1") parts.extension = {}; // what comes out is no CPE1
    return join("decrypted_", parts.stem, parts.extension);
}

OutputPlace output_place(const std::filesystem::path& given, bool is_folder,
                         const std::filesystem::path& input, std::string made) {
    if (given.empty()) return {input.parent_path(), std::move(made)};
    if (is_folder || !given.has_filename()) return {given, std::move(made)};
    return {given.parent_path(), given.filename().string()};
}

std::string numbered_name(std::string_view name, unsigned number) {
    if (number == 0) return std::string{name};
    const NameParts parts = parts_of(name);
    return std::string{parts.stem} + '-' + std::to_string(number) + std::string{parts.extension};
}

} // namespace cp::client
