// One session of one user: executes commands one after another and has the printer tell about them. Runs on
// the user's thread, which is also where files are read and written and ciphers run; the network is the
// Link's.
#pragma once

#include "api_client/users_api.hpp"
#include "client_app/heartbeats.hpp"
#include "client_app/hide_work.hpp"
#include "client_app/image_work.hpp"
#include "client_app/link.hpp"
#include "client_core/command.hpp"
#include "config/options.hpp"
#include "repl/exit_code.hpp"
#include "repl/printer.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cp::client {

class Session {
public:
    // `open_link` is called by the first command that needs the cluster. `timeout`: of each command, and of
    // each path of one with several; 0 = never gives up. All references must outlive the session.
    Session(const ClientOptions&, Protection, Duration timeout, Printer&,
            std::function<Outcome<Link*>()> open_link);

    // `began`: when the command was read, which `millis` counts from.
    [[nodiscard]] ExitCode execute(const Command&, TimePoint began);
    // From now on, if the user is registered or registers: a heartbeat every 10 s, while the session lives.
    void keep_online(Link&);
    // Between two commands: whether somebody interrupted since the last one began, when it could not be
    // interrupted any more, or not at all.
    [[nodiscard]] std::optional<Interrupted> interrupted_since(Link&);
    [[nodiscard]] bool over() const { return over_; } // quit, or a signal that ends the session

private:
    ExitCode on(const Upload&);
    ExitCode on(const Hide&);
    ExitCode on(const SendImage&);
    ExitCode on(const Decrypt&);
    ExitCode on(const Extract&);
    ExitCode on(const Verify&);
    ExitCode on(const Capacity&);
    ExitCode on(const Status&);
    ExitCode on(const Members&);
    ExitCode on(const Discover&);
    ExitCode on(const Doctor&);
    ExitCode on(const Register&);
    ExitCode on(const Online&);
    ExitCode on(const Users&);
    ExitCode on(const Gallery&);
    ExitCode on(const Get&);
    ExitCode on(const Put&);
    ExitCode on(const Help&);
    ExitCode on(const Quit&);

    ExitCode each_path(std::string_view command, wire::TaskCommand, const std::vector<std::string>& paths);
    using Prepare = std::function<Outcome<Prepared>(const wire::TaskHeader&)>;
    CommandResult run_task(const Work&, const Prepare&);
    CommandResult wait_for_answer(const Work&, const Prepared&, Link&);
    // False: the answer is not what was asked for.
    bool take_answer(const Answered&, const Prepared&, CommandResult&);
    bool take_picture(const Answered&, const Prepared&, CommandResult&);
    void save(const Payload& file, const std::string& name, CommandResult&);
    void publish(UnpublishedFile, const std::string& name, CommandResult&);
    [[nodiscard]] PictureLimits picture_limits() const;
    ExitCode report(std::string_view command, bool ask_again);
    enum class Wait { settled, timed_out, interrupted };
    Wait wait_for_leader(const Work&, Link&);
    [[nodiscard]] Outcome<Payload> open_file(const std::string& path);
    [[nodiscard]] Outcome<Payload> open_for(const Work&, CommandResult&);
    [[nodiscard]] static Outcome<std::filesystem::path>
    save_as(const std::string& given, const std::string& input, std::string made, ByteView);
    template <class Call>
    ExitCode with_api(std::string_view command, Call);
    [[nodiscard]] ApiPlace api_place(Link&);
    [[nodiscard]] static std::vector<std::string> api_addresses(Link&);
    void note_interrupt(const LinkItem&);
    ExitCode finish(CommandResult);
    [[nodiscard]] double millis() const;
    [[nodiscard]] TimePoint give_up_at() const {
        return timeout_ == Duration{} ? never : path_began_ + timeout_;
    }

    const ClientOptions& options_;
    Protection protection_;
    Duration timeout_;
    Printer& printer_;
    std::function<Outcome<Link*>()> open_link_;
    wire::TaskHeader header_; // what all tasks of this run have in common
    std::uint32_t next_task_ = 1;
    TimePoint began_{};      // of the command
    TimePoint path_began_{}; // of its path at hand
    bool over_ = false;
    bool interrupted_ = false;               // while this command ran
    std::unique_ptr<Heartbeats> heartbeats_; // of a prompt
};

} // namespace cp::client
