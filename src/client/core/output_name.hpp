// Names of the files that the client saves, made from names that may be hostile. Names only: no folder, no
// look at the disk. Every result but OutputPlace, which a user names, is one path component of at most 255
// bytes of clean UTF-8, also after numbered_name().
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace cp::client {

// "encrypted_photo_1730738456.png" from kind "encrypted" and any path of the original: its folders are
// dropped, its extension is kept. Control characters, direction marks and bytes that are not UTF-8 become
// '_'.
[[nodiscard]] std::string output_name(std::string_view kind, std::string_view original_path,
                                      std::uint64_t unix_seconds);

// "stego_photo_1730738456.png" from the path of the cover, whatever that is.
[[nodiscard]] std::string stego_name(std::string_view cover_path, std::uint64_t unix_seconds);

// Where `extract` puts what was hidden under a name, which may be anything: "extracted_photo.png". Without a
// name "extracted_" and the picture's own.
[[nodiscard]] std::string extracted_name(std::string_view hidden_name, std::string_view picture_path);

// Where `decrypt` puts its result when nobody says: "encrypted_a_17.png" becomes "decrypted_a_17.png".
[[nodiscard]] std::string decrypted_name(std::string_view encrypted_path);

// Where a command with -o puts its result.
struct OutputPlace {
    std::filesystem::path folder; // empty: the working directory
    std::string name;
};
// `given`: what -o says; it counts as a folder when it `is_folder` on the disk or reads like one. A folder,
// or without -o that of `input`, gets the `made` name.
[[nodiscard]] OutputPlace output_place(const std::filesystem::path& given, bool is_folder,
                                       const std::filesystem::path& input, std::string made);

// "photo-2.png" from "photo.png" and 2; 0 changes nothing. The caller counts up while the name is taken.
[[nodiscard]] std::string numbered_name(std::string_view name, unsigned number);

} // namespace cp::client
