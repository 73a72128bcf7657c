#include "client_app/session.hpp"

#include "client_app/doctor.hpp"
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
namespace {

CommandResult result_of(const Work& work) {
    CommandResult result;
    result.command = work.command;
    result.path = work.path;
    return result;
}

CommandResult& fail(CommandResult& result, const Failure& failure) {
    result.code = failure.code;
    result.error = failure.line;
    return result;
}

// Why nothing came of it within the timeout.
Failure timed_out(const ClusterView& view, Duration timeout, bool sent) {
    const std::string within = " within " + std::to_string(to_ms(timeout) / 1000) + " s";
    if (view.members.empty() && view.other_key > 0)
        return {errc::other_key, "a cluster is here, but with another key: compare the fingerprints that 'doctor' and "
                                 "the nodes' logs show, and copy the right cluster.key"};
    if (view.members.empty())
        return {errc::no_cluster, "no node answered" + within + ": is one running here? ('doctor' helps)"};
    if (!view.leader.node) return {errc::no_leader, "no leader answered" + within};
    if (sent) return {errc::busy, "the cluster did not finish" + within + ": try again, or with a longer --timeout"};
    return {errc::busy, "the cluster is busy" + within + ": try again later"};
}

} // namespace

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
    began_ = began;
    return std::visit([this](const auto& c) { return on(c); }, command);
}

ExitCode Session::on(const Upload& c) { return each_path("upload", wire::TaskCommand::encrypt, c.paths); }
ExitCode Session::on(const SendImage& c) { return each_path("send-image", wire::TaskCommand::store, c.paths); }
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

// --- tasks of the cluster ------------------------------------------------------------------------------------

ExitCode Session::each_path(std::string_view command, wire::TaskCommand what, const std::vector<std::string>& paths) {
    std::vector<ExitCode> codes;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        Work work{std::string{command}, paths[i], {header_.task.client, next_task_++}, i + 1, paths.size()};
        printer_.begin(work, net::now());
        codes.push_back(finish(run_task(work, what)));
        if (codes.back() == ExitCode::interrupted) break;
    }
    return exit_code(codes);
}

CommandResult Session::run_task(const Work& work, wire::TaskCommand what) {
    CommandResult result = result_of(work);
    // The cluster is looked for while the file is read.
    const auto link = open_link_();
    if (!link) return fail(result, link.error());
    header_.task = work.task;
    header_.reply_to = (*link)->network().session;
    const auto prepared = prepare(work.path, what, header_, protection_,
                                  {options_.config.imaging.max_bytes, options_.any_file});
    if (!prepared) return fail(result, prepared.error());
    (*link)->forget_items();
    (*link)->submit(work.task, prepared->object);
    return wait_for_answer(work, *prepared, **link);
}

CommandResult Session::wait_for_answer(const Work& work, const Prepared& prepared, Link& link) {
    CommandResult result = result_of(work);
    result.task = to_text(options_.user, work.task);
    result.bytes = prepared.bytes;
    result.sha256 = to_hex(prepared.sha256);
    bool sent = false;
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
        if (const auto* interrupted = std::get_if<Interrupted>(&*item)) {
            over_ = over_ || interrupted->end;
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
        if (const auto* answered = std::get_if<Answered>(event); answered != nullptr && answered->task == work.task) {
            take_answer(*answered, prepared, result);
            link.acknowledge(work.task);
            return result;
        }
    }
}

void Session::take_answer(const Answered& answered, const Prepared& prepared, CommandResult& result) {
    result.node = answered.node;
    result.epoch = to_text(answered.epoch);
    result.sends = answered.sends;
    if (prepared.header.command == wire::TaskCommand::store) {
        const auto stored = wire::read_result(answered.object);
        if (!stored || !wire::digest_matches(answered.object.view())) {
            fail(result, {errc::damaged, "the answer arrived damaged"});
            return;
        }
        result.file = stored->header.note;
        result.req_id = result.file.substr(0, result.file.find('_'));
        result.ok = true;
        return;
    }
    const auto file = verified_file(answered.object, prepared, options_.config.imaging.max_bytes);
    if (!file) {
        // Whatever the digest says: it is not what was asked for.
        fail(result, {file.error().code == errc::digest_mismatch ? errc::damaged : file.error().code, file.error().line});
        return;
    }
    result.verified = true;
    save(*file, prepared, result);
}

void Session::save(const Payload& file, const Prepared& prepared, CommandResult& result) {
    const std::filesystem::path folder = options_.config.client.images_dir;
    if (const auto made = make_folders(folder); !made) {
        fail(result, made.error());
        return;
    }
    const std::string name = output_name("encrypted", result.path, prepared.header.unix_seconds);
    const auto saved = create_first_free([&](unsigned n) { return folder / numbered_name(name, n); }, file.view());
    if (!saved) {
        fail(result, saved.error());
        return;
    }
    result.file = saved->string();
    result.encrypted = true;
    result.name_key = protection_.parameters.profile == imaging::Profile::username;
    result.ok = true;
}

// --- local commands ------------------------------------------------------------------------------------------

Outcome<Payload> Session::open_file(const std::string& path) {
    const std::uint64_t most = options_.config.imaging.max_bytes;
    const auto file = read_file(path, most + imaging::container_overhead);
    if (!file) return file.error();
    auto opened = imaging::decrypt(file->view(), protection_.secret, most);
    if (opened) return Payload{std::move(*opened)};
    const auto code = static_cast<errc>(opened.error().value());
    const std::string quoted = "'" + path + "' ";
    switch (code) {
    case errc::wrong_magic:
    case errc::truncated: return Failure{code, quoted + "is not an encrypted image, or it is cut short"};
    case errc::bad_profile:
        return Failure{errc::wrong_key, quoted + "is protected in another way: try --passphrase-file FILE or --user-key FILE"};
    default: return Failure{code, quoted + "does not open: " + opened.error().message()};
    }
}

ExitCode Session::on(const Decrypt& c) {
    const Work work{"decrypt", c.file};
    printer_.begin(work, net::now());
    CommandResult result = result_of(work);
    const auto plain = open_file(c.file);
    if (!plain) return finish(fail(result, plain.error()));
    result.bytes = plain->size();
    result.sha256 = to_hex(sha256(plain->view()));
    result.verified = true; // the tag was checked before anything was released

    const std::filesystem::path given = c.out;
    const std::filesystem::path folder = c.out.empty() ? std::filesystem::path{c.file}.parent_path() : given.parent_path();
    const std::string name = c.out.empty() ? decrypted_name(c.file) : given.filename().string();
    const auto saved = create_first_free([&](unsigned n) { return folder / numbered_name(name, n); }, plain->view());
    if (!saved) return finish(fail(result, saved.error()));
    result.file = saved->string();
    result.ok = true;
    return finish(result);
}

ExitCode Session::on(const Verify& c) {
    const Work work{"verify", c.file};
    printer_.begin(work, net::now());
    CommandResult result = result_of(work);
    const auto plain = open_file(c.file);
    if (!plain) return finish(fail(result, plain.error()));
    result.bytes = plain->size();
    result.sha256 = to_hex(sha256(plain->view()));
    if (!c.original.empty()) {
        const auto original = read_file(c.original, options_.config.imaging.max_bytes);
        if (!original) return finish(fail(result, original.error()));
        result.original = c.original;
        if (sha256(original->view()) != sha256(plain->view()))
            return finish(fail(result, {errc::damaged, "'" + c.file + "' holds something else than '" + c.original + "'"}));
    }
    result.ok = result.verified = true;
    return finish(result);
}

// --- about the cluster ---------------------------------------------------------------------------------------

// Until the leader is known and settled, or the timeout. False: it is not, and the user may have interrupted.
bool Session::wait_for_leader(const Work& work, Link& link) {
    printer_.begin(work, net::now());
    while (!link.view().settled) {
        const auto item = link.next(std::min({printer_.deadline(), give_up_at(), net::now() + std::chrono::milliseconds{200}}));
        const TimePoint now = net::now();
        if (item) {
            const auto* interrupted = std::get_if<Interrupted>(&*item);
            if (interrupted == nullptr) continue;
            over_ = over_ || interrupted->end;
            return false;
        }
        if (now >= give_up_at()) return false;
        const auto view = link.view();
        if (now >= printer_.deadline())
            printer_.on_deadline(now, {view.members.empty() ? Waiting::For::cluster : Waiting::For::leader, view.members.size(), {}});
    }
    return true;
}

ExitCode Session::report(std::string_view command, bool ask_again) {
    const Work work{std::string{command}};
    const auto link = open_link_();
    CommandResult failed = result_of(work);
    if (!link) return finish(fail(failed, link.error()));
    if (ask_again) {
        printer_.discovering();
        (*link)->discover();
    }
    const bool settled = wait_for_leader(work, **link);
    const auto view = (*link)->view();
    if (!settled && over_) return ExitCode::interrupted;
    if (!settled && view.members.empty()) return finish(fail(failed, timed_out(view, timeout_, false)));
    StatusReport report;
    report.leader = view.leader.node;
    if (view.leader.epoch != Epoch{}) report.epoch = to_text(view.leader.epoch);
    for (const auto& seen : view.members)
        report.members.push_back({seen.member.node, seen.member.node == view.leader.node, seen.member.state,
                                  to_text(seen.endpoint), seen.member.load / 100.0,
                                  static_cast<std::uint64_t>(std::max<std::int64_t>(0, seen.last_seen_ms)),
                                  (*link)->network().interfaces.front(), seen.member.api});
    printer_.report(command, report);
    return view.leader.node ? ExitCode::done : ExitCode::no_cluster;
}

ExitCode Session::on(const Doctor&) {
    const Work work{"doctor"};
    const auto link = open_link_();
    if (!link) {
        CommandResult result = result_of(work);
        return finish(fail(result, link.error()));
    }
    // Long enough for every node to answer; doctor reports what is, it does not wait for better times.
    const Duration timeout = std::exchange(timeout_, std::chrono::seconds{2});
    (void)wait_for_leader(work, **link);
    timeout_ = timeout;
    const auto lines = examine((*link)->network(), (*link)->view(), options_.config);
    printer_.doctor(lines);
    const bool failing = std::ranges::any_of(lines, [](const DoctorLine& l) { return l.level == DoctorLine::Level::fail; });
    return failing ? ExitCode::failed : ExitCode::done;
}

// --- small parts ---------------------------------------------------------------------------------------------

ExitCode Session::finish(CommandResult result) {
    result.millis = millis();
    const ExitCode code = result.ok ? ExitCode::done : exit_code(result.code);
    printer_.finish(result);
    return code;
}

double Session::millis() const { return std::chrono::duration<double, std::milli>(net::now() - began_).count(); }

} // namespace cp::client
