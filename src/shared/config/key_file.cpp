#include "config/key_file.hpp"

#include "base/utf8.hpp"
#include "config/private_folder.hpp"
#include "files/entropy.hpp"
#include "files/failure.hpp"
#include "files/files.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace cp {
namespace {

namespace fs = std::filesystem;

// For a line that a person pastes into a shell.
std::string shell_quoted(const fs::path& path) {
    static constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+:@%";
    std::string text = printable(path.native());
    if (text.find_first_not_of(plain) == std::string::npos) return text;
    std::string out{'\''};
    for (char c : text) {
        if (c == '\'') out += "'\\'";
        out += c;
    }
    return out + '\'';
}

Failure refused(errc code, const fs::path& path, const std::string& why) {
    return {code, printable(path.native()) + ": " + why};
}

} // namespace

Outcome<fs::path> key_path(const NodeSection& node, const Environment& environment) {
    if (!node.key_file.empty()) return expand_home(environment, node.key_file);
    const auto home = home_directory(environment, "XDG_CONFIG_HOME", ".config");
    if (!home) return Failure{errc::bad_config, home.error().line + ": say where the key is with --key-file"};
    return *home / "cloudp2p" / "cluster.key";
}

Outcome<ClusterKey> load_key(const fs::path& path) {
    constexpr std::uint64_t largest = 1024;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return read_failure(path, errno);
    if (S_ISREG(status.st_mode) && (status.st_mode & 0077U) != 0) {
        return refused(errc::permissions, path,
                       "others can read this cluster key: chmod 600 " + shell_quoted(path));
    }
    const auto text = read_file(path, largest);
    if (!text) return text.error();
    const auto key = parse_cluster_key(as_text(text->view()));
    if (!key)
        return refused(errc::bad_field, path,
                       "no cluster key: must be 64 hexadecimal digits and nothing else");
    return *key;
}

Outcome<LoadedKey> create_key(const fs::path& path) {
    LoadedKey made{.key = {}, .path = path, .created = true};
    fill_random(made.key.bytes);
    if (path.has_parent_path()) {
        if (auto ready = config::make_private_folder(path.parent_path()); !ready) return ready.error();
    }
    const auto created = create_file_exclusive(path, as_bytes(to_text(made.key) + '\n'), FileMode::secret);
    if (created) return made;
    if (created.error().code != errc::exists) return created.error();
    return obtain_key(path, false); // somebody was first: theirs is the cluster's
}

Outcome<LoadedKey> obtain_key(const fs::path& path, bool may_create) {
    const auto key = load_key(path);
    if (key) return LoadedKey{.key = *key, .path = path};
    if (key.error().code != errc::not_found) return key.error();
    if (may_create) return create_key(path);
    return Failure{errc::not_found, "no cluster key: copy it (scp HOST:.config/cloudp2p/cluster.key " +
                                        shell_quoted(path) + "), or --new-cluster"};
}

} // namespace cp
