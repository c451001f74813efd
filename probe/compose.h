// The probe's message, with the id in Message-ID, X-Mailprobe-Id and Reply-To: a plain text that says what it is, who
// runs it and how to stop it; or what a scenario asks for, which says so in a Comments field. Not signed yet:
// probe/signing.h. RFC 5322, RFC 2045, RFC 2183, RFC 3834 §5 (Auto-Submitted).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "scenarios/format.h"

namespace mailprobe::probe {

constexpr std::string_view id_header = "X-Mailprobe-Id";
/// A further address that is to be answered, each in a field of its own: reflector/manners.h heeds it.
constexpr std::string_view also_answer_header = "X-Mailprobe-Answer-To";

struct Letter {
  std::string id;
  Mailbox from;      // the identity's own
  Mailbox reply_to;  // with the id in it
  Mailbox to;
  std::string contact;  // who runs this; empty: the identity's address
  Time date;
  bool answers_read = false;             // by a program of ours, which heeds an opt-out (evidence/opt_out.h)
  bool answer_wanted = false;            // somebody, or something, is to answer it
  std::vector<std::string> also_answer;  // addresses of ours beside the reverse-path
};

std::string message_id(const Letter& letter);  // "<ID@DOMAIN>"
/// CRLF line endings, ready to be signed.
std::string compose(const Letter& letter, const scenarios::Send& send = {});

/// "probe+ID@DOMAIN": an address of the identity that only this probe uses.
Result<Mailbox> tagged(const Mailbox& address, const std::string& id);

}  // namespace mailprobe::probe
