// Api: probes, findings, sessions, and the documents: pages, metrics.
#include "http/assets.hpp"
#include "http/on_worker.hpp"
#include "web/bodies.hpp"

#include <algorithm>

namespace cp::http {
namespace {

struct Finding {
    std::string_view level; // "ok", "warn", "fail"
    std::string line;
};

std::string findings_json(const std::vector<Finding>& findings) {
    std::string out = R"({"findings":[)";
    for (const Finding& finding : findings) {
        if (out.back() != '[') out += ',';
        out += R"({"level":")" + std::string{finding.level} + R"(","message":)" +
               web::json_text(finding.line) + '}';
    }
    const bool ok = std::ranges::none_of(findings, [](const Finding& f) { return f.level == "fail"; });
    return out + R"(],"ok":)" + (ok ? "true}" : "false}");
}

std::vector<Finding> findings_of(const ClusterView& view) {
    std::vector<Finding> out;
    const auto alive = std::ranges::count_if(
        view.members, [](const MemberView& m) { return m.state != wire::MemberState::gone; });
    out.push_back({alive > 1 ? "ok" : "warn", std::to_string(alive) +
                                                  (alive == 1 ? " node is" : " nodes are") + " alive" +
                                                  (alive == 1 ? ": nothing takes over when it ends" : "")});
    if (view.leader)
        out.push_back({"ok", "node " + to_text(view.leader) + " leads in epoch " + view.epoch});
    else
        out.push_back({"fail", "no leader: an election is going on, or a quorum is missing"});
    for (const MemberView& member : view.members)
        if (member.state == wire::MemberState::suspect)
            out.push_back({"warn", "node " + to_text(member.node) + " is silent"});
    if (const auto other = view.refused.find("not_authentic"); other != view.refused.end())
        out.push_back({"warn", std::to_string(other->second) +
                                   " datagrams did not open: another cluster key? compare the fingerprints"});
    if (view.buffers_capped)
        out.push_back({"warn", "small socket buffers slow uploads down: sysctl net.core.rmem_max=4194304"});
    return out;
}

} // namespace

Response Api::ready(const Request& request) const {
    Response response;
    response.status = view_->leader ? 200 : 503;
    response.body = view_->leader ? R"({"status":"ready"})" : R"({"status":"no leader"})";
    if (!view_->leader) response.headers.emplace_back("Retry-After", "1");
    // For the page of a node that stopped answering: it looks which other one is ready.
    if (access_.is_member(request.origin, view_->apis)) {
        response.headers.emplace_back("Access-Control-Allow-Origin", request.origin);
        response.headers.emplace_back("Vary", "Origin");
    }
    return response;
}

asio::awaitable<Response> Api::doctor() {
    auto findings = findings_of(*view_);
    auto work = [this] { return store_.list_folders({}, {}); };
    const auto store = co_await on_worker(std::move(work));
    findings.push_back(store ? Finding{"ok", "the store answers"}
                             : Finding{"fail", "the store does not answer: " + store.error().line});
    const users::Registration way = directory_.registration();
    findings.push_back({way == users::Registration::none ? "fail" : "ok",
                        "registration is " + std::string{users::sentence(way)}});
    if (options_.access.need_token && options_.access.token.empty())
        findings.push_back({"fail", "no token: nobody from another machine may use this API"});
    Response response;
    response.body = findings_json(findings);
    co_return response;
}

Response Api::session() const {
    Response response;
    response.body = R"({"success":true,"message":"logged in"})";
    std::string cookie =
        std::string{web::cookie_name} + '=' + access_.cookie() + "; Path=/; HttpOnly; SameSite=Strict";
    if (options_.access.scheme == "https") cookie += "; Secure";
    response.headers.emplace_back("Set-Cookie", std::move(cookie));
    return response;
}

Response Api::metrics_text() {
    Response response;
    response.type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_.text();
    return response;
}

Response Api::asset(std::string_view file) const {
    const Asset* found = find_asset(file);
    if (found == nullptr) return refusal(404, "no such file");
    Response response;
    response.type = found->type;
    response.body = found->text;
    std::string connect = "'self'";
    for (const std::string& api : view_->apis)
        if (!api.empty()) connect += ' ' + options_.access.scheme + "://" + api;
    response.headers = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src " +
             connect + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"Referrer-Policy", "no-referrer"},
        {"Cache-Control", "no-cache"},
        {"Vary", "Accept"}};
    return response;
}

} // namespace cp::http
