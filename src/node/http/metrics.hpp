// The numbers of a node for Prometheus, named as prometheus.io advises. No user name is ever a label.
// prometheus-cpp is hidden here. Observing is safe from any thread.
#pragma once

#include "base/time.hpp"
#include "http/cluster_view.hpp"
#include "store/object_store.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace cp::http {

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    void request(std::string_view route, unsigned status, Duration took);
    void bytes(std::uint64_t received, std::uint64_t sent);
    void store(std::string_view op, std::string_view engine, Duration took);
    void election(std::string_view reason);
    void failover(Duration from_loss_to_leader);
    void task(Duration from_accepted_to_done);
    void view(const ClusterView&);

    [[nodiscard]] std::string text() const; // the exposition format

private:
    struct State;
    std::unique_ptr<State> state_;
};

// The store as it is, with the time of each call observed.
class MeteredStore final : public store::ObjectStore {
public:
    MeteredStore(store::ObjectStore& inner, Metrics& metrics); // both must outlive it

    using ObjectStore::get;
    [[nodiscard]] Outcome<void> put(std::string_view key, ByteView, store::PutIf) override;
    [[nodiscard]] Outcome<Payload> get(std::string_view key, store::ByteRange) override;
    [[nodiscard]] Outcome<store::ObjectInfo> head(std::string_view key) override;
    [[nodiscard]] Outcome<std::vector<store::ObjectInfo>> list(std::string_view prefix,
                                                               std::string_view after) override;
    [[nodiscard]] Outcome<std::vector<std::string>> list_folders(std::string_view prefix,
                                                                 std::string_view after) override;
    [[nodiscard]] Outcome<void> del(std::string_view key) override;
    [[nodiscard]] store::Caps caps() const override { return inner_.caps(); }
    [[nodiscard]] std::uint64_t identity() const override { return inner_.identity(); }
    [[nodiscard]] std::string url() const override { return inner_.url(); }

private:
    template <class Call>
    auto timed(std::string_view op, Call call);

    store::ObjectStore& inner_;
    Metrics& metrics_;
    std::string engine_;
};

} // namespace cp::http
