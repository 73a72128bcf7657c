// Objects as files below one folder; '/' in a key is a sub-folder. Several processes, on several machines
// when the file system is shared, may use one folder at once: files appear complete under their name (link or
// rename) or not at all. What else lies there is left alone: a link in an object's place is no object, names
// that are no keys are not listed.
#pragma once

#include "store/object_store.hpp"

#include <filesystem>

namespace cp::store {

class DirStore final : public ObjectStore {
public:
    // Makes the folder and its marker (a random number by which nodes find out that they share it), removes
    // temporaries of writers that died over an hour ago, and writes a file to see that it can.
    [[nodiscard]] static Outcome<std::unique_ptr<ObjectStore>> open(const std::filesystem::path& root);

    [[nodiscard]] Outcome<void> put(std::string_view key, ByteView, PutIf) override;
    [[nodiscard]] Outcome<Payload> get(std::string_view key, ByteRange) override;
    using ObjectStore::get;
    [[nodiscard]] Outcome<ObjectInfo> head(std::string_view key) override;
    [[nodiscard]] Outcome<std::vector<ObjectInfo>> list(std::string_view prefix,
                                                        std::string_view after) override;
    [[nodiscard]] Outcome<std::vector<std::string>> list_folders(std::string_view prefix,
                                                                 std::string_view after) override;
    [[nodiscard]] Outcome<void> del(std::string_view key) override;
    [[nodiscard]] Caps caps() const override { return {true, true, true}; }
    [[nodiscard]] std::uint64_t identity() const override { return identity_; }
    [[nodiscard]] std::string url() const override { return "dir:" + root_.native(); }

private:
    DirStore(std::filesystem::path root, std::uint64_t identity)
        : root_{std::move(root)}, identity_{identity} {}

    [[nodiscard]] Outcome<void> replace_unchanged(std::string_view key, ByteView, std::string_view etag);

    std::filesystem::path root_;
    std::uint64_t identity_; // of the marker file in the folder
};

} // namespace cp::store
