#include "http/metrics.hpp"

#include "net/clock.hpp"

#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace cp::http {
namespace {

using prometheus::Histogram;

const Histogram::BucketBoundaries quick{0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                        0.025,  0.05,   0.1,   0.25,   1,     5};
const Histogram::BucketBoundaries slow{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

} // namespace

struct Metrics::State {
    prometheus::Registry registry;
    prometheus::Gauge& leads = gauge("cloudp2p_is_leader", "1 while this node leads.");
    prometheus::Gauge& epoch = gauge("cloudp2p_epoch", "The counter of the epoch that this node is in.");
    prometheus::Gauge& members = gauge("cloudp2p_members", "Nodes that are alive, this one included.");
    prometheus::Family<prometheus::Counter>& elections =
        counters("cloudp2p_elections_total", "Leaders adopted.");
    prometheus::Family<prometheus::Gauge>& tasks =
        prometheus::BuildGauge().Name("cloudp2p_tasks").Help("Open tasks in the ledger.").Register(registry);
    prometheus::Counter& dropped =
        counters("cloudp2p_datagrams_dropped_total", "Datagrams that found a receive buffer full.").Add({});
    prometheus::Family<prometheus::Counter>& bytes =
        counters("cloudp2p_bytes_total", "Bytes over HTTP, without headers.");
    prometheus::Family<Histogram>& store = histograms("cloudp2p_store_seconds", "Calls of the object store.");
    prometheus::Family<Histogram>& requests =
        histograms("cloudp2p_http_request_seconds", "Requests answered.");
    Histogram& failover =
        histograms("cloudp2p_failover_seconds", "From a leader's loss to the next one.").Add({}, slow);
    Histogram& task = histograms("cloudp2p_task_seconds", "From acceptance to the result.").Add({}, slow);
    prometheus::Counter& received = bytes.Add({{"direction", "received"}});
    prometheus::Counter& sent = bytes.Add({{"direction", "sent"}});

    // Finding a metric by its labels costs more than a small request.
    std::mutex mutex;
    std::map<std::pair<std::string_view, unsigned>, Histogram*> known; // routes are constants

    prometheus::Gauge& gauge(const char* name, const char* help) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
    }
    prometheus::Family<prometheus::Counter>& counters(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }
    prometheus::Family<Histogram>& histograms(const char* name, const char* help) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    }
};

Metrics::Metrics() : state_{std::make_unique<State>()} {}
Metrics::~Metrics() = default;

void Metrics::request(std::string_view route, unsigned status, Duration took) {
    const std::lock_guard lock{state_->mutex};
    Histogram*& found = state_->known[{route, status}];
    if (found == nullptr)
        found =
            &state_->requests.Add({{"route", std::string{route}}, {"code", std::to_string(status)}}, quick);
    found->Observe(seconds(took));
}

void Metrics::bytes(std::uint64_t received, std::uint64_t sent) {
    state_->received.Increment(static_cast<double>(received));
    state_->sent.Increment(static_cast<double>(sent));
}

void Metrics::store(std::string_view op, std::string_view engine, Duration took) {
    state_->store.Add({{"op", std::string{op}}, {"engine", std::string{engine}}}, quick)
        .Observe(seconds(took));
}

void Metrics::election(std::string_view reason) {
    state_->elections.Add({{"reason", std::string{reason}}}).Increment();
}
void Metrics::failover(Duration took) { state_->failover.Observe(seconds(took)); }
void Metrics::task(Duration took) { state_->task.Observe(seconds(took)); }

void Metrics::view(const ClusterView& view) {
    state_->leads.Set(view.leads ? 1 : 0);
    state_->epoch.Set(static_cast<double>(view.epoch_counter));
    double alive = 0;
    for (const MemberView& member : view.members)
        if (member.state != wire::MemberState::gone) ++alive;
    state_->members.Set(alive);
    state_->dropped.Increment(static_cast<double>(view.dropped) - state_->dropped.Value());
    for (const auto& [name, count] : view.tasks)
        state_->tasks.Add({{"state", name}}).Set(static_cast<double>(count));
}

std::string Metrics::text() const {
    return prometheus::TextSerializer{}.Serialize(state_->registry.Collect());
}

MeteredStore::MeteredStore(store::ObjectStore& inner, Metrics& metrics)
    : inner_{inner}, metrics_{metrics}, engine_{inner.url().substr(0, inner.url().find(':'))} {}

template <class Call>
auto MeteredStore::timed(std::string_view op, Call call) {
    const TimePoint begin = net::now();
    auto result = call();
    metrics_.store(op, engine_, net::now() - begin);
    return result;
}

Outcome<void> MeteredStore::put(std::string_view key, ByteView bytes, store::PutIf condition) {
    return timed("put", [&] { return inner_.put(key, bytes, condition); });
}
Outcome<Payload> MeteredStore::get(std::string_view key, store::ByteRange range) {
    return timed("get", [&] { return inner_.get(key, range); });
}
Outcome<store::ObjectInfo> MeteredStore::head(std::string_view key) {
    return timed("head", [&] { return inner_.head(key); });
}
Outcome<std::vector<store::ObjectInfo>> MeteredStore::list(std::string_view prefix, std::string_view after) {
    return timed("list", [&] { return inner_.list(prefix, after); });
}
Outcome<std::vector<std::string>> MeteredStore::list_folders(std::string_view prefix,
                                                             std::string_view after) {
    return timed("list", [&] { return inner_.list_folders(prefix, after); });
}
Outcome<void> MeteredStore::del(std::string_view key) {
    return timed("del", [&] { return inner_.del(key); });
}

} // namespace cp::http
