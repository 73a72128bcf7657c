#include "repl/json.hpp"

#include "base/utf8.hpp"
#include "repl/units.hpp"
#include "wire/member_state.hpp"

#include <boost/json/serialize.hpp>

namespace cp::client {
namespace {

// Fields in the order in which they are added. File names are bytes; JSON is text. Not boost::json::object:
// its numbers read "1.23E1".
class Object {
public:
    Object& text(std::string_view name, std::string_view value) {
        return raw(name, boost::json::serialize(boost::json::string_view{valid_utf8(value)}));
    }
    Object& number(std::string_view name, std::uint64_t value) { return raw(name, std::to_string(value)); }
    Object& decimal(std::string_view name, double value) { return raw(name, fixed(value, 1)); }
    Object& flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
    Object& raw(std::string_view name, std::string_view json) {
        fields_.append(fields_.empty() ? "\"" : ",\"").append(name).append("\":").append(json);
        return *this;
    }
    [[nodiscard]] std::string str() const { return '{' + fields_ + '}'; }

private:
    std::string fields_;
};

std::string_view level_text(DoctorLine::Level level) {
    switch (level) {
    case DoctorLine::Level::ok: return "ok";
    case DoctorLine::Level::warn: return "warn";
    case DoctorLine::Level::fail: return "fail";
    }
    return "fail";
}

std::string member_json(const MemberLine& member, bool all_fields) {
    Object object;
    object.number("id", member.id.value)
        .text("role", member.leads ? "leader" : "follower")
        .text("state", wire::to_text(member.state))
        .text("address", member.address)
        .raw("load", member.load ? fixed(*member.load, 1) : "null")
        .number("last_seen_ms", member.last_seen_ms);
    if (all_fields) object.text("path", member.path).text("api", member.api);
    return object.str();
}

} // namespace

std::string to_json(const CommandResult& r) {
    Object object;
    object.text("event", "result").text("command", r.command);
    if (!r.path.empty()) object.text("path", r.path);
    object.flag("ok", r.ok);
    if (!r.ok) return object.text("code", name(r.code)).text("error", r.error).str();
    const bool is_task = !r.task.empty();
    if (is_task) object.text("task", r.task).number("node", r.node.value).text("epoch", r.epoch);
    if (!r.file.empty()) object.text("file", r.file);
    if (r.text) object.text("text", *r.text);
    object.number("bytes", r.bytes).text("sha256", r.sha256).decimal("millis", r.millis);
    if (is_task) object.number("sends", r.sends);
    object.flag("verified", r.verified);
    if (r.replicas != 0) object.number("replicas", r.replicas);
    if (!r.req_id.empty()) object.text("req_id", r.req_id);
    if (r.bits_per_sample > 0) object.raw("bits_per_sample", fixed(r.bits_per_sample, 4));
    return object.str();
}

std::string to_json(const CapacityReport& report) {
    Object object;
    object.text("event", "result").text("command", "capacity").text("path", report.path).flag("ok", true);
    object.number("width", report.width).number("height", report.height).number("channels", report.channels);
    for (const auto& [rate, bytes] : report.bytes) object.number("bytes_at_" + fixed(rate, 2), bytes);
    return object.decimal("millis", report.millis).str();
}

std::string to_json(std::string_view event, const StatusReport& report) {
    std::string members;
    for (const MemberLine& member : report.members) {
        if (!members.empty()) members += ',';
        members += member_json(member, event != "status");
    }
    Object object;
    object.text("event", event).raw("leader", report.leader ? to_text(report.leader) : "null");
    if (report.epoch.empty()) {
        object.raw("epoch", "null");
    } else {
        object.text("epoch", report.epoch);
    }
    return object.raw("members", '[' + members + ']').str();
}

std::string to_json(const DoctorLine& line) {
    return Object{}
        .text("event", "doctor")
        .text("level", level_text(line.level))
        .text("text", line.text)
        .text("advice", line.advice)
        .str();
}

std::string to_json(const Failure& failure) {
    return Object{}.text("event", "error").text("code", name(failure.code)).text("error", failure.line).str();
}

} // namespace cp::client
