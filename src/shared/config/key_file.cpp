#include "config/key_file.hpp"

#include "base/utf8.hpp"
#include "config/private_folder.hpp"
#include "config/secret_file.hpp"
#include "files/entropy.hpp"
#include "files/files.hpp"

#include <string>

namespace cp {
namespace fs = std::filesystem;

Outcome<fs::path> key_path(const NodeSection& node, const Environment& environment) {
    if (!node.key_file.empty()) return expand_home(environment, node.key_file);
    const auto home = home_directory(environment, "XDG_CONFIG_HOME", ".config");
    if (!home) return Failure{errc::bad_config, home.error().line + ": say where the key is with --key-file"};
    return *home / "cloudp2p" / "cluster.key";
}

Outcome<ClusterKey> load_key(const fs::path& path) {
    const auto text = config::read_secret(path, "cluster key");
    if (!text) return text.error();
    const auto key = parse_cluster_key(*text);
    if (!key)
        return Failure{errc::bad_field,
                       printable(path.native()) +
                           ": no cluster key: must be 64 hexadecimal digits and nothing else"};
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
                                        config::shell_quoted(path) + "), or --new-cluster"};
}

} // namespace cp
