// Objects in a bucket of S3 (AWS, Ceph, Garage, SeaweedFS, ...) or of Google Cloud Storage, which is also
// Firebase's, over their common XML interface. What an engine leaves out of that interface is found out when
// the store is opened (s3_probe.hpp), and made up for as far as it can be: see put().
#pragma once

#include "store/object_store.hpp"
#include "store/s3_client.hpp"
#include "store/s3_xml.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace cp::store {

class S3Store final : public ObjectStore {
public:
    explicit S3Store(std::unique_ptr<S3Client>);

    // Without caps().create_only, or replace_only, a condition is looked at before the object is written:
    // another writer in between is not noticed.
    [[nodiscard]] Outcome<void> put(std::string_view key, ByteView, PutIf) override;
    [[nodiscard]] Outcome<Payload> get(std::string_view key, ByteRange) override;
    using ObjectStore::get;
    [[nodiscard]] Outcome<ObjectInfo> head(std::string_view key) override;
    [[nodiscard]] Outcome<std::vector<ObjectInfo>> list(std::string_view prefix,
                                                        std::string_view after) override;
    [[nodiscard]] Outcome<std::vector<std::string>> list_folders(std::string_view prefix,
                                                                 std::string_view after) override;
    [[nodiscard]] Outcome<void> del(std::string_view key) override;
    void abort() override { client_->abort(); }
    [[nodiscard]] Caps caps() const override { return caps_; }
    [[nodiscard]] std::string url() const override;

    // --- for the probe, before others use the store
    // The condition as the engine gets it, whatever it makes of it. `key` is one of our own.
    [[nodiscard]] Outcome<S3Reply> send_put(std::string_view key, ByteView, PutIf);
    [[nodiscard]] Outcome<ListPage> list_page(Query);
    [[nodiscard]] Outcome<ObjectInfo> look(std::string_view key);
    [[nodiscard]] Outcome<void> erase(std::string_view key);
    [[nodiscard]] Failure failure(const HttpReply& reply) const { return client_->failure(reply); }
    [[nodiscard]] std::string full_key(std::string_view key) const;
    void set_caps(Caps caps) { caps_ = caps; }

private:
    [[nodiscard]] bool is_google() const { return client_->url().kind == RemoteUrl::Kind::google; }
    [[nodiscard]] Outcome<void> holds(std::string_view key, PutIf);
    [[nodiscard]] Outcome<bool> has_these(std::string_view key, ByteView);
    [[nodiscard]] ObjectInfo info_of(const ListedObject&) const;

    std::unique_ptr<S3Client> client_;
    Caps caps_;
};

} // namespace cp::store
