// Every bound of the protocol and its reason, in one place. What is not bounded here is not allowed to grow.
// Sizes are bytes unless the name says otherwise. docs/protocol.md explains the numbers to people.
#pragma once

#include "crypto/replay_window.hpp"
#include "crypto/seal.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cp::limits {

using namespace std::chrono_literals;

// --- datagrams
inline constexpr std::size_t frame_header_size = 28; // wire/frame.hpp
using cp::seal_tag_size;                             // AES-GCM
inline constexpr std::size_t data_header_size = 8;   // transfer, segment, flags
inline constexpr std::size_t data_overhead = frame_header_size + data_header_size + seal_tag_size;
static_assert(data_overhead <= 52, "3.6 % of an Ethernet datagram is what a sealed segment may cost");

// MTU 1500 less IP and UDP headers: never an IP fragment.
inline constexpr std::size_t datagram_ethernet = 1472;
// On loopback one datagram may be larger. 15 872 and the kernel's own overhead fit a 16 KiB allocation, so
// the receive buffer is charged little more than the bytes it holds.
inline constexpr std::size_t datagram_loopback = 15'872;
inline constexpr std::size_t datagram_max = datagram_loopback;
// Control messages must pass any interface.
inline constexpr std::size_t control_body_max = datagram_ethernet - frame_header_size - seal_tag_size;

// --- objects
inline constexpr std::size_t segments_per_block = 128; // one Reed-Solomon block; one gap bitmap is 16 bytes
// Parity segments of a block, each used once: the 255 nonzero elements of GF(2^8) less the data's.
inline constexpr std::size_t parity_per_block_max = 127;
// Parity segments of a block times the bytes of the block: GF(2^8) work below 1 ms, also without GFNI.
inline constexpr std::size_t parity_work_max = 24U << 20U;
// Parity for each block that the worst receiver needs, from which on most of it is sent before anybody asks:
// 4 % of the data. Below that, asking costs less than what would be sent in vain.
inline constexpr double parity_ahead_from = 5;
// A datagram is lost when one sent so many numbers later has arrived (RFC 5681's three duplicates).
inline constexpr std::uint64_t reorder_tolerance = 3;
inline constexpr std::size_t segment_min = 512; // keeps the number of segments of one object bounded
inline constexpr std::size_t segment_max = datagram_max - data_overhead;
inline constexpr std::size_t image_max = 256U << 20U;
inline constexpr std::size_t object_header_max = 4096; // task or result header in front of the image
inline constexpr std::size_t digest_size = 32;         // SHA-256, last in every object
inline constexpr std::size_t object_overhead_max = 4 + object_header_max + digest_size + 96; // 96: CPE1
inline constexpr std::size_t object_max = image_max + object_overhead_max;
inline constexpr std::size_t segments_max = object_max / segment_min + 1;
static_assert(segments_max < 1U << 24U, "a segment index has 24 bits on the wire");

// Datagrams ahead of the slowest receiver, whatever its buffer.
inline constexpr std::size_t credit_window_max = 4096;
// Before the first report; fewer where the receive buffer holds fewer (transfer/feedback.hpp).
inline constexpr std::size_t credit_window_first = 64;
static_assert(cp::replay_window_size >= 4 * credit_window_max,
              "what the window lets out may arrive in any order without looking replayed");

inline constexpr std::size_t credit_window_min = 2; // however many senders share a buffer, each keeps moving
// SO_RCVBUF that Linux grants everybody (212 992, doubled).
inline constexpr std::size_t receive_capacity_default = 425'984;
// Datagrams between two reports, however wide the window.
inline constexpr std::uint32_t report_every_max = 256;
inline constexpr std::size_t receivers_max = 255; // named by one Setup; fits its datagram
// Credit set of one transfer, in as many Setups as it takes.
inline constexpr std::size_t credit_set_max = 1024;
// Receivers of a Setup that all report. Where there are more, the first few of each Setup do it for the rest,
// who speak up with the probability few / all, four times that at the next occasion, and so on: RFC 5401's
// feedback suppression, counted in datagrams and questions instead of time.
inline constexpr std::size_t report_all_max = 32;
inline constexpr std::size_t representatives_per_setup = 2;
inline constexpr std::uint32_t sample_growth = 4;
// Datagrams that may be under way to them however crowded the network is: four blocks.
inline constexpr std::uint32_t sampled_window_min = 512;
// Occasions after which a receiver of the largest Setup speaks for sure: 2 * 4^4 > 255.
inline constexpr int sample_rounds = 4;
// Blocks named in one Report; the rest comes with the next.
inline constexpr std::size_t gaps_per_report_max = 64;
inline constexpr std::size_t transfers_per_peer_max = 64;
inline constexpr std::size_t transfers_max = 1024; // incoming ones, all peers together
inline constexpr std::size_t objects_max = 4096;   // received and kept ones: empty objects cost no budget

// --- peers and tasks
inline constexpr std::size_t sessions_max = 1024;
inline constexpr std::size_t key_derivations_per_second = 20'000; // for unknown sessions; known ones are free
// Challenges that nobody has answered. What is sent to an address that answers no ARP lies in our send buffer
// for three seconds; so many, and those that are renewed meanwhile, take half of the smallest. The first ones
// of sessions that are new, and further ones of those that did not answer: who is asked in vain keeps nobody
// out.
inline constexpr std::size_t first_challenges_unanswered_max = 192;
inline constexpr std::size_t first_challenges_renewed_per_second = 48;
inline constexpr std::size_t further_challenges_unanswered_max = 64;
inline constexpr std::size_t further_challenges_renewed_per_second = 16;
inline constexpr std::size_t members_max = 255;
// TCP connections that have not proven themselves; beyond it the newcomer is closed.
inline constexpr std::size_t links_unproven_max = 64;
// Proven ones, one a session: every member, and ends of dead machines that nobody has noticed. Beyond it the
// oldest is closed: whoever lives connects again.
inline constexpr std::size_t links_max = members_max + 32;
inline constexpr std::size_t members_per_datagram = 48;
inline constexpr std::size_t ledger_max = 4096; // tasks that are not finished
// Remembered ids of finished tasks, oldest leave first.
inline constexpr std::size_t ledger_finished_max = 16'384;
// Remembered ids of tasks whose last holder is gone: their clients are told to send again.
inline constexpr std::size_t ledger_lost_max = 1024;
inline constexpr std::size_t ledger_entries_per_datagram = 27;
inline constexpr std::size_t user_name_max = 64;
inline constexpr std::size_t file_name_max = 255;
inline constexpr std::size_t presence_untaken_max = 10'000; // entries; a node without HTTP takes none
inline constexpr std::size_t text_max = 255;                // versions, addresses, reasons

// --- time
// Between two occasions to speak for others: a few round trips, in which what the first ones say takes
// effect.
inline constexpr auto sample_interval = 1ms;
// No progress, and at least polls_before_left_behind unanswered.
inline constexpr auto left_behind_after = 100ms;
inline constexpr int polls_before_left_behind = 3;
// Answers, is repaired, and has not one segment more: left behind too.
inline constexpr auto no_gain_after = 1s;
// While repairs wait for their turn, only if so much was sent meanwhile.
inline constexpr std::uint64_t no_gain_datagrams = 256;
// Datagrams after the first answer to a Setup in which the others answer too, if they have heard it.
inline constexpr std::size_t setup_answers_within = 8;
inline constexpr auto setup_repeat_first = 20ms; // doubles up to
inline constexpr auto setup_repeat_max = 100ms;
inline constexpr auto poll_first = 1ms; // waiting without progress; doubles up to
inline constexpr auto poll_max = 2ms;
// A dozen polls fit before the verdict: at 30 % loss each way one in 6 000 live receivers is left behind
// wrongly.
static_assert(12 * poll_max < left_behind_after && polls_before_left_behind <= 12);
// How long one receiver alone may keep all others waiting; an eighth of the time in which it does not is
// forgiven, so that the accidents of a long transfer do not add up. One that is ten times slower, or stopped,
// costs the others 4 % of 100 MB at 1 Gbit/s.
inline constexpr auto hold_max = 30ms;
inline constexpr int hold_leak = 8;
// But not one that gets more than a fourth of what the others could: two or three share its cable.
inline constexpr int slow_ratio = 4;
inline constexpr int polls_before_hold_ends = 12; // unless it answers: it is slow then, not silent
static_assert(polls_before_hold_ends * poll_max < hold_max);
// Questions to those left behind when the others are through: unanswered ones, up to so far apart. Half a
// second in all; whoever wakes later asks a holder.
inline constexpr int late_polls = 12;
inline constexpr auto late_poll_max = 64ms;
// A loss means congestion when nothing was answered more quickly (the target of CoDel, RFC 8289): a LAN
// answers in a millisecond or two, and five of queue keep a cable busy while its sender waits for its turn.
inline constexpr auto standing_queue = 5ms;
// And for so long: the pauses of a busy processor are shorter; in CoDel's own 100 ms a small queue overflows.
inline constexpr auto standing_for = 30ms;
// And so much without any loss: the window grows only slowly from here.
inline constexpr auto growing_queue = 10ms;
// Or when one in so many was lost: half. No cable or radio that anybody uses does that; a third must not slow
// us down.
inline constexpr std::uint64_t clogged_share = 2;
// How long an answer may be waited for because of a queue: that of a full card at 100 Mbit/s.
inline constexpr auto answer_max = 120ms;
// A flow that stood still for longer asks the network anew what it carries.
inline constexpr auto congestion_forgotten_after = 1s;
// A sender silent for longer has no share of a receive buffer.
inline constexpr auto sender_active_for = 100ms;
inline constexpr auto payload_kept_after_done = 60s; // unless acknowledged earlier
// Nothing arrived for an unfinished object: nobody sends it.
inline constexpr auto assembly_abandoned_after = 10s;
inline constexpr auto link_proof_within = 1s; // from accept or connect to the last byte of the handshake
// A connect that asks whether a peer whose link ended still lives; a LAN answers in a tenth of it.
inline constexpr auto link_check_within = 5ms;
// At least, between two connects that ask whether a silent leader's machine is there (net/knocks.hpp).
inline constexpr auto link_knock_every = 1ms;
inline constexpr auto link_retry_first = 50ms; // a link that cannot be made; doubles up to
inline constexpr auto link_retry_max = 1s;

} // namespace cp::limits
