// Turns events and results into the lines of a person or, with --json, of a program, at the right moment.
// What the lines say is in wording.hpp and json.hpp.
//
// Without --json people read standard output and errors stand on standard error; with it standard output
// carries one JSON object a line and nothing else, and people read standard error. --quiet leaves errors and
// JSON. Not thread-safe; reads no clock. Every call ends with both streams flushed and the cursor at the
// begin of a line, or behind a progress bar that the next call erases.
#pragma once

#include "base/time.hpp"
#include "client_core/client_event.hpp"
#include "repl/listing.hpp"
#include "repl/progress_bar.hpp"
#include "repl/result.hpp"

#include <cstddef>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace cp::client {

inline constexpr Duration waiting_line_every = std::chrono::seconds{5};
// At most so many nodes send one; beyond that one line counts them all.
inline constexpr std::size_t declines_shown_max = 8;

struct PrinterOptions {
    std::string user{};
    std::string destination{}; // what the one send goes to: "239.255.67.81:7701 (lo)"
    bool json = false;
    bool quiet = false;
    bool progress = false; // standard error is a terminal
    std::size_t columns = 80;
};

class Printer {
public:
    // Both streams must outlive the printer. They may be the same.
    Printer(std::ostream& out, std::ostream& err, PrinterOptions);

    void welcome(); // of a REPL
    void goodbye();
    void help(std::string_view topic);
    void discovering();
    void note(std::string_view line); // any other line for people
    void error(const Failure&);       // of no command: a line that does not parse, a file that does not load
    void set_columns(std::size_t columns) { options_.columns = columns; } // the window changed

    // One path of a command begins; ends with finish() or report(). Commands that wait without one call it
    // too.
    void begin(const Work&, TimePoint now);
    void on_event(const ClientEvent&, TimePoint now);
    void finish(const CommandResult&);

    // When on_deadline() wants to be called; `never` while no work is under way.
    [[nodiscard]] TimePoint deadline() const;
    void on_deadline(TimePoint now, const Waiting&);

    // `command`: "status", "discover" or "members".
    void report(std::string_view command, const StatusReport&);
    void nobody(const CommandResult&); // the same command: no node was heard, and what that may mean
    void capacity(const CapacityReport&);
    // What a node answered is wrong; another one is asked, and nothing sent again.
    void rejected(NodeId);
    void doctor(std::span<const DoctorLine>);
    void listing(const Listing&); // how a command about users and images ended well

private:
    void on(const Broadcasting&, TimePoint now);
    void on(const Declined&, TimePoint now);
    void on(const Progress&, TimePoint now);
    void on(const Accepted&, TimePoint now);
    void on(const TookOver&, TimePoint now);
    void on(const SendingAgain&, TimePoint now);
    void on(const Answered&, TimePoint now);
    void on(const Failed&, TimePoint now);
    void on(const LeaderChanged&, TimePoint) {} // a prompt is no place for news

    void say(std::string_view line); // to people; nothing when quiet
    void say_text(std::string_view text);
    void complain(std::string_view line);
    void emit(std::string_view json);
    void say_declines();
    void say_hints(const CommandResult&);
    [[nodiscard]] bool announces() const;
    [[nodiscard]] bool shows_bar() const;
    void draw_bar(TimePoint now);
    void erase_bar();
    void end_bar();

    std::ostream& out_;
    std::ostream& err_;
    PrinterOptions options_;

    // Of the work at hand.
    bool working_ = false;
    Work work_;
    TimePoint began_{};
    TimePoint waiting_line_at_ = never;
    bool waited_ = false; // a waiting line was printed
    std::size_t servers_ = 0;
    std::set<NodeId> declined_; // not yet printed
    std::set<NodeId> declines_shown_;
    bool declines_counted_ = false;
    ProgressBar bar_;
    std::size_t bar_width_ = 0; // on the screen now

    bool encrypted_hinted_ = false;
    bool name_key_hinted_ = false;
};

} // namespace cp::client
