#include "config/token_file.hpp"

#include "base/ids.hpp"
#include "base/utf8.hpp"
#include "config/key_file.hpp"
#include "config/private_folder.hpp"
#include "config/secret_file.hpp"
#include "files/entropy.hpp"
#include "files/files.hpp"

#include <array>

namespace cp {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t token_bytes = 32;

bool is_token(std::string_view text) {
    return text.size() == 2 * token_bytes &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

Outcome<fs::path> token_path(const NodeSection& node, const Environment& environment) {
    const auto key = key_path(node, environment);
    if (!key) return key.error();
    return key->parent_path() / "http.token";
}

Outcome<std::string> load_token(const fs::path& path) {
    const auto read = config::read_secret(path, "token");
    if (!read) return read.error();
    std::string text = *read;
    if (text.ends_with('\n')) text.pop_back();
    if (!is_token(text))
        return Failure{errc::bad_field,
                       printable(path.native()) + ": no token: must be 64 hexadecimal digits"};
    return text;
}

Outcome<std::string> obtain_token(const fs::path& path) {
    auto token = load_token(path);
    if (token || token.error().code != errc::not_found) return token;
    if (path.has_parent_path()) {
        if (auto ready = config::make_private_folder(path.parent_path()); !ready) return ready.error();
    }
    std::array<std::byte, token_bytes> random{};
    fill_random(random);
    const std::string made = to_hex(random);
    const auto created = create_file_exclusive(path, as_bytes(made + '\n'), FileMode::secret);
    if (created) return made;
    if (created.error().code != errc::exists) return created.error();
    return load_token(path); // somebody was first
}

} // namespace cp
