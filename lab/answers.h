// The answers that the lab's targets give to what they get, as messages: a person's, a responder's, a bounce. Text and
// a signature; lab/responder.h sends them. RFC 3834 (automatic answers), RFC 3464 and RFC 6522 (bounces). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/dkim_sign.h"
#include "base/address.h"

namespace mailprobe::lab {

/// How an address answers. `forward` sends the message itself on to where it says it is from, under a reverse-path of
/// its own and sealed; `forward_badly` changes it, and has it come from its sender still. `obedient` and
/// `opportunistic` write to every address that the message asks for (our traps): `obedient` heeds DANE, MTA-STS and
/// DNSSEC, `opportunistic` none of them. `report` says that it was delivered, to who asked for that (RFC 3461).
/// `ticket` answers by itself to From, whatever Reply-To says.
enum class Answering {
  none,
  person,
  careless,
  vacation,
  bounce,
  late,
  obedient,
  opportunistic,
  forward,
  forward_badly,
  report,
  ticket
};
/// By its local part: "responder", "careless", "vacation", "bouncer", "late", "obedient", "opportunistic", "forwarder",
/// "bad-forwarder", "tickets"; the reflector of target.test is obedient.
Answering answering_of(std::string_view local_part, std::string_view domain);

struct Question {
  std::string raw;
  Path reverse_path;
  Mailbox recipient;       // who answers
  std::string host;        // of the target
  std::string trace = {};  // what it puts on top of what it takes: of what is forwarded
};

struct AnswerMail {
  Path reverse_path, to;
  std::string message;
};

/// None: that is not answered (RFC 3834 §2: no Auto-Submitted but "no", no null reverse-path). Several: one to each
/// address that is asked for.
std::vector<AnswerMail> answers_to(const Question& question, Answering how, const auth::SigningKey& key, Time time);

inline constexpr std::string_view answer_selector = "a1";  // of the key

}  // namespace mailprobe::lab
