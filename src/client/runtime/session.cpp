#include "client_app/session.hpp"

#include "client_app/command_outcome.hpp"
#include "client_core/output_name.hpp"
#include "crypto/digest.hpp"
#include "files/entropy.hpp"
#include "files/files.hpp"
#include "net/clock.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <variant>

namespace cp::client {
Session::Session(const ClientOptions& options, Protection protection, Duration timeout, Printer& printer,
                 std::function<Outcome<Link*>()> open_link)
    : options_{options}, protection_{std::move(protection)}, timeout_{timeout}, printer_{printer},
      open_link_{std::move(open_link)} {
    header_.user = options.user;
    std::array<std::byte, 8> run{};
    fill_random(run);
    header_.task.client = {ByteReader{run}.u64()};
}

ExitCode Session::execute(const Command& command, TimePoint began) {
    began_ = path_began_ = began;
    interrupted_ = false;
    return std::visit([this](const auto& c) { return on(c); }, command);
}

ExitCode Session::on(const Upload& c) { return each_path("upload", wire::TaskCommand::encrypt, c.paths); }
ExitCode Session::on(const SendImage& c) {
    return each_path("send-image", wire::TaskCommand::store, c.paths);
}
ExitCode Session::on(const Status&) { return report("status", false); }
ExitCode Session::on(const cp::client::Members&) { return report("members", false); }
ExitCode Session::on(const Discover&) { return report("discover", true); }

ExitCode Session::on(const Help& c) {
    printer_.help(c.topic);
    return ExitCode::done;
}

ExitCode Session::on(const Quit&) {
    over_ = true;
    return ExitCode::done;
}

ExitCode Session::each_path(std::string_view command, wire::TaskCommand what,
                            const std::vector<std::string>& paths) {
    std::vector<ExitCode> codes;
    bool anybody = true; // to whom a second wait would be worth it
    for (std::size_t i = 0; i < paths.size(); ++i) {
        Work work{std::string{command}, paths[i], {header_.task.client, next_task_++}, i + 1, paths.size()};
        if (i > 0 && anybody) path_began_ = net::now();
        printer_.begin(work, net::now());
        CommandResult result = run_task(work, [&](const wire::TaskHeader& header) {
            return prepare(work.path, what, header, protection_,
                           {options_.config.imaging.max_bytes, options_.any_file});
        });
        anybody = result.ok || (result.code != errc::no_cluster && result.code != errc::no_leader);
        codes.push_back(finish(std::move(result)));
        if (codes.back() == ExitCode::interrupted) break;
    }
    return exit_code(codes);
}

CommandResult Session::run_task(const Work& work, const Prepare& prepare_task) {
    CommandResult result = result_of(work);
    // The cluster is looked for while the file is read.
    const auto link = open_link_();
    if (!link) return fail(result, link.error());
    if (const auto stop = (*link)->forget_items())
        note_interrupt(*stop); // while the path before was verified
    if (interrupted_) return fail(result, {errc::cancelled, "interrupted"});
    header_.task = work.task;
    header_.reply_to = (*link)->network().session;
    auto prepared = prepare_task(header_);
    if (!prepared) return fail(result, prepared.error());
    if (const std::size_t to_come = prepared->digest_to_come.size(); to_come > 0) {
        (*link)->submit(work.task, prepared->object, prepared->work_bytes, prepared->object.size() - to_come);
        complete(*prepared); // while it is sent
        (*link)->set_ready(work.task);
    } else {
        (*link)->submit(work.task, prepared->object, prepared->work_bytes, {});
    }
    return wait_for_answer(work, *prepared, **link);
}

CommandResult Session::wait_for_answer(const Work& work, const Prepared& prepared, Link& link) {
    CommandResult result = result_of(work);
    result.task = to_text(options_.user, work.task);
    result.bytes = prepared.bytes;
    result.sha256 = to_hex(prepared.sha256);
    bool sent = false;
    bool asked_again = false;
    for (;;) {
        const auto item = link.next(std::min(printer_.deadline(), give_up_at()));
        const TimePoint now = net::now();
        if (!item) {
            if (now >= give_up_at()) {
                const Failure why = timed_out(link.view(), timeout_, sent);
                link.cancel(work.task);
                return fail(result, why);
            }
            const auto view = link.view();
            const auto waits_for = !view.members.empty() ? (!view.leader.node ? Waiting::For::leader
                                                            : sent            ? Waiting::For::answer
                                                                              : Waiting::For::transfer)
                                                         : Waiting::For::cluster;
            printer_.on_deadline(now, {waits_for, view.members.size(), view.leader.node});
            continue;
        }
        note_interrupt(*item);
        if (interrupted_) {
            link.cancel(work.task);
            return fail(result, {errc::cancelled, "interrupted"});
        }
        const auto* event = std::get_if<ClientEvent>(&*item);
        if (event == nullptr) continue;
        printer_.on_event(*event, now);
        if (std::holds_alternative<Broadcasting>(*event)) sent = true;
        if (const auto* accepted = std::get_if<Accepted>(event)) result.replicas = accepted->replicas;
        if (const auto* failed = std::get_if<Failed>(event); failed != nullptr && failed->task == work.task) {
            result.sends = failed->sends;
            return fail(result, {failed->code, failed->reason});
        }
        if (const auto* answered = std::get_if<Answered>(event);
            answered != nullptr && answered->task == work.task) {
            if (!take_answer(*answered, prepared, result) && !std::exchange(asked_again, true)) {
                printer_.rejected(answered->node);
                link.reject(work.task, answered->node);
                continue;
            }
            link.acknowledge(work.task);
            return result;
        }
    }
}

bool Session::take_answer(const Answered& answered, const Prepared& prepared, CommandResult& result) {
    result.node = answered.node;
    result.epoch = to_text(answered.epoch);
    result.sends = answered.sends;
    if (prepared.header.command == wire::TaskCommand::store) {
        const auto stored = wire::read_result(answered.object);
        if (!stored || !wire::digest_matches(answered.object.view())) {
            fail(result, {errc::damaged, "the answer arrived damaged"});
            return false;
        }
        result.file = stored->header.note;
        result.req_id = result.file.substr(0, result.file.find('_'));
        result.ok = true;
        return true;
    }
    if (prepared.hidden) return take_picture(answered, prepared, result);
    const std::filesystem::path folder = options_.config.client.images_dir;
    const std::string name = output_name("encrypted", result.path, prepared.header.unix_seconds);
    const auto made = make_folders(folder);
    auto [verified, written] = verify_and_write(answered.object, prepared, folder / name);
    if (!verified) {
        // Whatever the digest says: it is not what was asked for.
        fail(result, {verified.error().code == errc::digest_mismatch ? errc::damaged : verified.error().code,
                      verified.error().line});
        return false;
    }
    result.verified = true;
    result.encrypted = true;
    result.name_key = protection_.parameters.profile == imaging::Profile::username;
    if (!made) {
        fail(result, made.error());
    } else if (!written) {
        fail(result, written.error());
    } else {
        publish(std::move(*written), name, result);
    }
    return true;
}

void Session::save(const Payload& file, const std::string& name, CommandResult& result) {
    const std::filesystem::path folder = options_.config.client.images_dir;
    if (const auto made = make_folders(folder); !made) {
        fail(result, made.error());
        return;
    }
    auto written = UnpublishedFile::write(folder / name, file.view());
    if (!written)
        fail(result, written.error());
    else
        publish(std::move(*written), name, result);
}

void Session::publish(UnpublishedFile file, const std::string& name, CommandResult& result) {
    const std::filesystem::path folder = options_.config.client.images_dir;
    const auto saved = file.publish_first_free([&](unsigned n) { return folder / numbered_name(name, n); });
    if (!saved) {
        fail(result, saved.error());
        return;
    }
    result.file = saved->string();
    result.ok = true;
}

void Session::note_interrupt(const LinkItem& item) {
    const auto* interrupted = std::get_if<Interrupted>(&item);
    if (interrupted == nullptr) return;
    interrupted_ = true;
    over_ = over_ || interrupted->end;
}

std::optional<Interrupted> Session::interrupted_since(Link& link) {
    if (const auto stop = link.forget_items()) note_interrupt(*stop);
    if (!std::exchange(interrupted_, false)) return std::nullopt;
    return Interrupted{over_};
}

ExitCode Session::finish(CommandResult result) {
    result.millis = millis();
    const ExitCode code = result.ok ? ExitCode::done : exit_code(result.code);
    printer_.finish(result);
    return code;
}

double Session::millis() const {
    return std::chrono::duration<double, std::milli>(net::now() - began_).count();
}

} // namespace cp::client
