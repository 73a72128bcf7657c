#include "store/s3_probe.hpp"

#include "base/ids.hpp"
#include "files/entropy.hpp"

#include <algorithm>
#include <array>
#include <thread>

namespace cp::store {
namespace {

constexpr int racers = 4;
constexpr int rounds = 2;

std::string probe_prefix() {
    std::array<std::byte, 8> random{};
    fill_random(random);
    return ".cloudp2p-probe-" + to_hex(random) + '-';
}

bool is_swift(const HttpReply& reply) { return !reply.header("x-trans-id").empty(); }

bool put_is(int status, const Outcome<S3Reply>& reply) { return reply && reply->http.status == status; }
bool put_ok(const Outcome<S3Reply>& reply) { return reply && reply->http.ok(); }

class Probe {
public:
    explicit Probe(S3Store& store) : store_{store}, prefix_{probe_prefix()} {}

    [[nodiscard]] Outcome<Caps> run() {
        Caps caps;
        const auto first = store_.send_put(name("a"), as_bytes("1"), PutIf::any);
        if (!first) return first.error();
        if (!first->http.ok()) return about_bucket(store_.failure(first->http));
        const bool swift = is_swift(first->http);
        const auto listed = lists({"a"});
        if (!listed) return listed.error();
        caps.create_only = !swift && creates_only();
        caps.replace_only = !swift && replaces_only();
        const auto again = lists({"a", "b"});
        if (!again) return again.error();
        const auto cleaned = clean();
        if (!cleaned) return cleaned.error();
        const auto none = lists({});
        if (!none) return none.error();
        caps.consistent_list = !swift && *listed && *again && *none;
        return caps;
    }

private:
    [[nodiscard]] std::string name(std::string_view which) const { return prefix_ + std::string{which}; }

    // A store without its bucket says "not found" about the object.
    static Failure about_bucket(Failure failure) {
        if (failure.code == errc::not_found) failure.code = errc::bad_config;
        return failure;
    }

    // Whether the listing shows these, and of the other probes none.
    [[nodiscard]] Outcome<bool> lists(const std::vector<std::string>& wanted) {
        const auto page = store_.list_page({{"prefix", store_.full_key(prefix_)}});
        if (!page) return page.error();
        const auto has = [&](const std::string& which) {
            return std::ranges::count(page->objects, store_.full_key(name(which)), &ListedObject::key) == 1;
        };
        return std::ranges::all_of(wanted, has) && (!wanted.empty() || page->objects.empty());
    }

    [[nodiscard]] bool creates_only() {
        const bool refuses = put_is(412, store_.send_put(name("a"), as_bytes("2"), PutIf::absent));
        const bool creates = put_ok(store_.send_put(name("b"), as_bytes("1"), PutIf::absent));
        if (!refuses || !creates) { // `b` must be there for the listing
            (void)store_.send_put(name("b"), as_bytes("1"), PutIf::any);
            return false;
        }
        for (int round = 0; round < rounds; ++round)
            if (winners(name("race-" + std::to_string(round))) != 1) return false;
        return true;
    }

    // How many of several at once are told that they made the object.
    [[nodiscard]] int winners(const std::string& key) {
        std::array<bool, racers> won{};
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < won.size(); ++i)
                threads.emplace_back([&, i] {
                    const std::string text = std::to_string(i);
                    won[i] = put_ok(store_.send_put(key, as_bytes(text), PutIf::absent));
                });
        }
        return static_cast<int>(std::ranges::count(won, true));
    }

    [[nodiscard]] bool replaces_only() {
        const auto before = store_.look(name("a"));
        if (!before || before->etag.empty()) return false;
        const PutIf same = PutIf::unchanged(before->etag);
        return put_ok(store_.send_put(name("a"), as_bytes("3"), same)) &&
               put_is(412, store_.send_put(name("a"), as_bytes("4"), same));
    }

    [[nodiscard]] Outcome<void> clean() {
        std::vector<std::string> all{"a", "b"};
        for (int round = 0; round < rounds; ++round) all.push_back("race-" + std::to_string(round));
        for (const std::string& which : all)
            if (auto gone = store_.erase(name(which)); !gone) return gone;
        return {};
    }

    S3Store& store_;
    std::string prefix_;
};

} // namespace

Outcome<Caps> probe(S3Store& store) { return Probe{store}.run(); }

} // namespace cp::store
