// A run while it goes on: what its parts share. run_beginning.cpp makes its folder and its messages, run.cpp sends them
// and ends it, run_watching.cpp looks after what comes of each. Not for others: probe/run.h.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evidence/assess.h"
#include "probe/execution.h"
#include "probe/reply_witness.h"
#include "probe/resumed.h"
#include "probe/run.h"
#include "probe/slots.h"

namespace mailprobe::probe {

/// The order of events of a run:
///   1 the run directory   2 at once: our key records, the route, the logins; our receiver; a usage error ends the run,
///   the directory goes, nothing was sent   3 each probe: composed, signed, stored   4 delivered; before that its
///   answers are taken, from the final dot on its copy is looked for; an error that comes up once something went out
///   cuts the run short: the rest is for who goes on with it   5 beside all that: the target's records, and ours so
///   that the resolver knows them   6 the copy stored, deleted where asked, judged   7 the answers waited for, stored
///   8 findings, exit status, evidence.json; what is stored goes from the spool
/// 4 is done for as many messages at once as --jobs says; with --fail-fast 6 and 7 are done for each before the next. A
/// run that is gone on with (probe/resumed.h) takes 3 and 4 from what it left, where they are decided.
class Execution {
 public:
  /// `seen_resolver` hides no names of the witness.
  Execution(Surroundings around, const scenarios::Plan& plan, dns::Resolver& seen_resolver)
      : around_(std::move(around)), plan_(plan), seen_resolver_(seen_resolver) {}

  Task<Result<Outcome>> go();

 private:
  Result<void> begin();
  Task<Result<void>> open_receiver();
  void heed_bounces(Beside& helpers);
  Task<void> collect_replies();
  Task<void> collect_reply(Dispatch& dispatch);
  Task<void> take_replies(Dispatch& dispatch, bool waiting);
  void note_watch(Dispatch& dispatch);
  Task<void> keep(Arrivals arrivals, Dispatch& dispatch);
  Task<void> look_up_records(Beside& beside);
  Result<void> begin_again();
  Result<void> make_dispatches();
  Result<void> make_dispatch_to(const scenarios::PlannedProbe& planned, const std::string& suffix,
                                std::vector<Place> places);
  Result<void> make_dispatches_to_each(const scenarios::PlannedProbe& planned, std::vector<Place> places);
  Task<Result<void>> send(CopySearch& search);
  Task<void> hand_over(Dispatch& dispatch, Consignment consignment, CopySearch& search);
  Task<Result<void>> send_one(Dispatch& dispatch, CopySearch& search);
  Task<void> send_in_turn(Dispatch& dispatch, CopySearch& search);
  Result<void> follow(Dispatch& dispatch, CopySearch& search);
  Task<void> let_others(std::chrono::milliseconds pause);
  [[nodiscard]] std::size_t at_once() const;
  Task<void> look_after(Dispatch& dispatch);
  void leave_out(Dispatch& dispatch) const;
  std::optional<Error> cut_short(Error error);
  [[nodiscard]] std::optional<std::string> failed_at(const Dispatch& dispatch) const;
  [[nodiscard]] evidence::Probe told(const Dispatch& dispatch) const;
  Result<void> keep_on_disk(evidence::Probe probe) const;
  Means means(Dispatch& dispatch, CopySearch& search);
  void tell_copy(const Dispatch& dispatch) const;
  Task<std::optional<Error>> examine(Dispatch& dispatch);
  Task<void> examine_one(Dispatch& dispatch);
  Task<void> examine_second(Dispatch& dispatch);
  Task<void> examine_copies();
  Task<Result<void>> leave_out_traps();
  Task<void> watch_all_traps();
  Task<void> survey_servers();
  void note_problem(const std::optional<Error>& error);
  Task<Outcome> finish();
  void add_probe(Dispatch& dispatch);
  void judge();
  void judge_expectations(const evidence::RawReader& read);
  [[nodiscard]] bool watched(const Dispatch& dispatch) const { return preflight_.mailbox && dispatch.planned->mailbox; }
  [[nodiscard]] bool traps_wanted() const { return std::ranges::any_of(plan_.probes, &scenarios::PlannedProbe::traps); }
  [[nodiscard]] std::optional<std::string> raw(const evidence::Raw& which) const;

  Surroundings around_;
  const scenarios::Plan& plan_;
  dns::Resolver& seen_resolver_;
  evidence::Document document_;
  std::optional<RunDirectory> directory_;
  std::optional<SendingLimits> limits_;
  Preflight preflight_;
  std::vector<evidence::OwnRecord> trap_records_;
  std::unique_ptr<ReplyWitness> replies_;  // null: no receiver is configured
  std::vector<Arrivals> spooled_;          // stored elsewhere by now
  CopySearch* search_ = nullptr;           // while it goes on
  std::deque<Dispatch> dispatches_;        // their addresses are kept
  std::optional<Earlier> earlier_;         // of the run that is gone on with
  std::size_t next_number_ = 1;            // of a message that no earlier life of the run had
  std::unique_ptr<Slots> slots_;
  std::optional<Error> error_;          // the first of sending
  bool cut_short_ = false;              // by that, with messages on their way
  std::optional<std::string> stopped_;  // --fail-fast: the expectation that failed
};

}  // namespace mailprobe::probe
