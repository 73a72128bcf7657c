#include "pictures/load_plugin.hpp"

#include <array>
#include <dlfcn.h>
#include <filesystem>
#include <string>

namespace cp::pictures {
namespace {

constexpr std::string_view file_name = "libcloudp2p-pictures.so";

Outcome<const cp_pictures_plugin*> load() {
    std::error_code unreadable;
    const auto folder = std::filesystem::read_symlink("/proc/self/exe", unreadable).parent_path();
    std::string tried;
    for (const char* place : {".", "..", "../..", "../../..", "../lib/cloudp2p"}) {
        const auto path = (folder / place / file_name).lexically_normal();
        std::error_code absent;
        if (!std::filesystem::exists(path, absent)) {
            tried += (tried.empty() ? "" : ", ") + path.parent_path().string();
            continue;
        }
        void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) return Failure{errc::internal, std::string{"cannot load "} + dlerror()};
        const auto function = reinterpret_cast<cp_pictures_function*>(dlsym(library, cp_pictures_symbol));
        const cp_pictures_plugin* const found = function == nullptr ? nullptr : function();
        if (found == nullptr || found->version != cp_pictures_version)
            return Failure{errc::internal, path.string() + " is of another version: install both together"};
        return found;
    }
    return Failure{errc::internal, std::string{file_name} + " is not installed (looked in " + tried + ")"};
}

} // namespace

Outcome<const cp_pictures_plugin*> plugin() {
    static const Outcome<const cp_pictures_plugin*> loaded = load();
    return loaded;
}

} // namespace cp::pictures
