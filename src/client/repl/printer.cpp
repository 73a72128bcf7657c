#include "repl/printer.hpp"

#include "base/utf8.hpp"
#include "client_core/command.hpp"
#include "repl/json.hpp"
#include "repl/wording.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace cp::client {

Printer::Printer(std::ostream& out, std::ostream& err, PrinterOptions options)
    : out_{out}, err_{err}, options_{std::move(options)} {}

void Printer::welcome() { say_text(banner(options_.user)); }
void Printer::goodbye() { say("Goodbye!"); }
void Printer::help(std::string_view topic) { say_text(help_text(options_.columns, topic)); }
void Printer::note(std::string_view line) { say(line); }
void Printer::discovering() { say("Discovering leader..."); }

void Printer::error(const Failure& failure) {
    complain(printable(failure.line));
    if (options_.json) emit(to_json(failure));
}

void Printer::begin(const Work& work, TimePoint now) {
    working_ = true;
    work_ = work;
    began_ = now;
    waiting_line_at_ = now + waiting_line_every;
    waited_ = false;
    servers_ = 0;
    declined_.clear();
    declines_shown_.clear();
    declines_counted_ = false;
    bar_ = {};
    if (work.count > 1) say(heading(work));
}

void Printer::on_event(const ClientEvent& event, TimePoint now) {
    if (!working_) return;
    std::visit(
        [&](const auto& e) {
            if constexpr (requires { e.task; }) {
                if (e.task != work_.task) return; // of a command that was cancelled
                waiting_line_at_ = now + waiting_line_every;
            }
            on(e, now);
        },
        event);
}

void Printer::on(const Broadcasting& event, TimePoint) {
    servers_ = event.servers;
    if (!announces()) return;
    say(broadcasting(event.servers));
    say(sending_once(options_.destination));
}

void Printer::on(const Declined& event, TimePoint) {
    if (!declines_shown_.contains(event.node)) declined_.insert(event.node);
}

void Printer::on(const Progress& event, TimePoint now) {
    if (event.done >= event.total) return end_bar();
    bar_.advance(now, event.done, event.total);
    draw_bar(now);
}

void Printer::on(const Accepted&, TimePoint) {
    end_bar();
    // All that can come are here: no reason to make anybody wait for them.
    if (declined_.size() + declines_shown_.size() + 1 >= servers_) say_declines();
}

void Printer::on(const TookOver& event, TimePoint) {
    if (!event.died && !waited_) return; // the first leader that is found: the usual start
    say_declines();
    say(took_over(event));
}

void Printer::on(const SendingAgain&, TimePoint) {
    end_bar();
    say_declines();
    say(std::string{sending_again});
}

void Printer::on(const Answered& event, TimePoint) {
    end_bar();
    say_declines();
    if (announces()) say(processed(event.node));
}

void Printer::on(const Failed&, TimePoint) {
    end_bar();
    say_declines();
}

void Printer::finish(const CommandResult& result) {
    end_bar();
    working_ = false;
    if (options_.json) emit(to_json(result));
    if (!result.ok) return complain(failure(result));
    for (const std::string& line : success(result)) say(line);
    if (!result.warning.empty()) say("  ! " + printable(result.warning));
    say_hints(result);
}

TimePoint Printer::deadline() const {
    if (!working_) return never;
    return shows_bar() ? std::min(waiting_line_at_, bar_.due()) : waiting_line_at_;
}

void Printer::on_deadline(TimePoint now, const Waiting& waiting) {
    if (!working_) return;
    draw_bar(now);
    if (now < waiting_line_at_) return;
    waiting_line_at_ = now + waiting_line_every;
    waited_ = true;
    say(waiting_for(waiting, now - began_));
}

void Printer::report(std::string_view command, const StatusReport& report) {
    working_ = false;
    if (options_.json) emit(to_json(command, report));
    const auto gone = [](const MemberLine& m) { return m.state == wire::MemberState::gone; };
    const auto there =
        report.members.size() - static_cast<std::size_t>(std::ranges::count_if(report.members, gone));
    if (command == "members" && !report.members.empty()) say_text(member_table(report, options_.columns));
    if (!report.leader) return say(no_leader(there));
    if (command == "status") say("Current leader: Node " + to_text(report.leader));
    if (command == "discover") say("Leader discovered: Node " + to_text(report.leader));
}

void Printer::nobody(const CommandResult& result) {
    working_ = false;
    if (options_.json) emit(to_json(result.command, StatusReport{}));
    complain(failure(result));
}

void Printer::capacity(const CapacityReport& report) {
    working_ = false;
    if (options_.json) emit(to_json(report));
    for (const std::string& line : capacity_lines(report)) say(line);
}

void Printer::rejected(NodeId node) {
    end_bar();
    say(wrong_answer(node));
}

void Printer::doctor(std::span<const DoctorLine> lines) {
    for (const DoctorLine& line : lines) {
        if (options_.json) emit(to_json(line));
    }
    say_text(doctor_text(lines, options_.columns));
}

void Printer::listing(const Listing& listing) {
    end_bar();
    working_ = false;
    if (options_.json) emit(listing.json);
    say_text(listing.text);
}

// Only an upload tells of every step.
bool Printer::announces() const { return work_.command != "send-image"; }

void Printer::say_declines() {
    if (!announces()) return;
    if (servers_ > declines_shown_max + 1) {
        if (!std::exchange(declines_counted_, true)) say(many_declined(servers_ - 1));
        return;
    }
    for (NodeId node : declined_) say(declined(node));
    declines_shown_.merge(declined_);
    declined_.clear();
}

void Printer::say_hints(const CommandResult& result) {
    if (!result.encrypted) return;
    if (!std::exchange(encrypted_hinted_, true)) say(encrypted_hint);
    if (result.name_key && !std::exchange(name_key_hinted_, true)) say(name_key_hint);
}

void Printer::say(std::string_view line) { say_text(std::string{line} + '\n'); }

void Printer::say_text(std::string_view text) {
    if (options_.quiet) return;
    erase_bar();
    (options_.json ? err_ : out_) << text << std::flush;
}

void Printer::complain(std::string_view line) {
    erase_bar();
    err_ << line << '\n' << std::flush;
}

void Printer::emit(std::string_view json) {
    erase_bar();
    out_ << json << '\n' << std::flush;
}

bool Printer::shows_bar() const { return options_.progress && !options_.quiet; }

void Printer::draw_bar(TimePoint now) {
    if (!shows_bar()) return;
    const std::string text = bar_.draw(now, options_.columns);
    if (text.empty()) return;
    // Spaces over what a longer one left: every terminal knows them, not every one knows "erase to the end".
    const std::size_t behind = bar_width_ - std::min(bar_width_, text.size());
    err_ << '\r' << text << std::string(behind, ' ') << std::flush;
    bar_width_ = std::max(bar_width_, text.size());
}

void Printer::erase_bar() {
    if (bar_width_ == 0) return;
    err_ << '\r' << std::string(bar_width_, ' ') << '\r' << std::flush;
    bar_width_ = 0;
}

void Printer::end_bar() {
    erase_bar();
    bar_ = {};
}

} // namespace cp::client
