// Which keys a scenario file has: one list a map, used for reading (scenarios/load.cpp) and for the JSON Schema
// (scenarios/schema.cpp), so that the two cannot differ. No YAML and no JSON library here.
#pragma once

#include <concepts>
#include <span>
#include <type_traits>

#include "scenarios/format.h"
#include "scenarios/known_words.h"

namespace mailprobe::scenarios {

template <class T, class Type>
concept Like = std::same_as<std::remove_const_t<T>, Type>;

/// What a key is for, and which numbers or words fit; `pattern` is for editors.
struct About {
  std::string_view text;
  bool required = false;
  std::int64_t min = 1, max = 1;
  std::span<const std::string_view> words = {};
  std::string_view pattern = {};
};

/// `visit(key, member, about)` for what one line holds; `visit.text` for free text of any number of lines, `visit.line`
/// for that of one, both of which may name secrets; `visit.headers`, `visit.expectations` for the shapes of that name;
/// `visit.taken` for a key that is dealt with before the fields are read (`Taken` says which shape).
enum class Taken { variables, matrix };

template <class Visitor>
void fields(Visitor& visit, Like<Part> auto& part) {
  visit("type", part.type, About{.text = "Content-Type, \"text/plain\" if it is not given", .pattern = type_pattern});
  visit("charset", part.charset,
        About{.text = "The charset of a text; the body itself is UTF-8, or ISO-8859-1 if this says so",
              .words = charsets,
              .pattern = charset_pattern});
  visit("transfer_encoding", part.transfer_encoding, About{"Content-Transfer-Encoding"});
  visit("filename", part.filename, About{"Makes it an attachment of this name"});
  visit.text("body", part.body,
             About{"The text; without it a short one that says what this is. \"\" is an empty body"});
  visit("size", part.size, About{"The body is filled up to this size, before it is encoded: 500, 64KB, 1MB"});
  visit("line_length", part.line_length, About{"Of the lines that fill it", false, 1, max_line_length});
  visit("multipart", part.multipart, About{"What kind of multipart \"parts\" make: mixed if it is not given"});
  visit("parts", part.parts, About{"Parts of a multipart, in place of a body"});
}

template <class Visitor>
void fields(Visitor& visit, Like<Dkim> auto& dkim) {
  visit("sign", dkim.sign, About{"false sends it unsigned"});
  visit("keys", dkim.keys, About{"Selectors of the identity's keys; all of them if it is not given"});
  visit(
      "canonicalization", dkim.canonicalization,
      About{.text = "relaxed/relaxed, relaxed/simple, simple/relaxed, simple/simple: a signature of each key for each",
            .words = canonicalizations});
  visit("headers", dkim.headers, About{.text = "Header fields to sign", .pattern = field_name_pattern});
  visit("fault", dkim.fault, About{"What is wrong with each signature, on purpose"});
}

template <class Visitor>
void fields(Visitor& visit, Like<Send> auto& send) {
  visit("identity", send.identity, About{"Whom to send as: a name of the configuration"});
  visit("to", send.to, About{"The recipient; ${target} if it is not given"});
  visit("from", send.from,
        About{"Whom it is from: the identity (own), nobody (missing), twice the identity, or a name below its domain "
              "whose records are made for that"});
  visit("reverse_path", send.reverse_path,
        About{"own: the identity's address with the probe's id; empty: <>, as of a bounce"});
  visit.line(
      "subject", send.subject,
      About{.text = "The subject, one line in UTF-8; encoded where it has to be", .pattern = header_line_pattern});
  visit.headers("headers", send.headers,
                About{"Further header fields, name: value. A value of several lines is folded there"});
  fields(visit, send.content);
  visit("attachments", send.attachments, About{"Parts beside the body"});
  visit("dkim", send.dkim, About{"How it is signed"});
  visit("end_of_data", send.end_of_data,
        About{"What some servers take for the end of the message, with a second message behind it (--intrusive)"});
  visit("tls", send.tls, About{"The floor that no policy of the target goes below; else that of --tls, or encrypt"});
  visit("family", send.family, About{"Which addresses are tried"});
  visit("extensions", send.extensions,
        About{"SMTP extensions that have to be used: it is not sent to a server without them"});
}

template <class Visitor>
void fields(Visitor& visit, Like<Watch> auto& watch) {
  visit("mailbox", watch.mailbox, About{"Whether the copy is looked for"});
  visit("reply", watch.reply, About{"Whether an answer is asked for and waited for"});
  visit("traps", watch.traps, About{"Whether answers to all our traps are asked for and watched"});
  visit("forward", watch.forward, About{"Whether the message itself is waited for, forwarded back to us"});
  visit("dns", watch.dns, About{"Whether our DNS is a witness: the message has a signature that no other has"});
  visit("folders", watch.folders,
        About{"Folders to look in beside the configuration's, by name or as \\Junk; in the whole run"});
  visit("deadline", watch.deadline, About{"How long to look, from the final dot on: 90s, 5m"});
}

template <class Visitor>
void fields(Visitor& visit, Like<Probe> auto& probe) {
  visit("name", probe.name, About{.text = "Letters, digits, - and _", .required = true, .pattern = probe_name_pattern});
  visit("tags", probe.tags, About{"Names to choose probes by"});
  visit("control_of", probe.control_of, About{"The probe that this one is the positive twin of"});
  visit("repeat", probe.repeat, About{"How many times it is sent", false, 1, max_repeats});
  visit.taken("matrix", Taken::matrix,
              About{"Names with lists of values: a probe for every combination, with ${name} in it"});
  visit("send", probe.send, About{"The message and its way"});
  visit("watch", probe.watch, About{"Who looks for what comes of it"});
  visit.expectations("expect", probe.expect, About{"What has to hold of it"});
}

template <class Visitor>
void fields(Visitor& visit, Like<Scenario> auto& scenario) {
  visit("version", scenario.version, About{"1, the version of this format", true, 1, 1});
  visit("name", scenario.name, About{.text = "Letters, digits, - and _", .required = true, .pattern = name_pattern});
  visit("description", scenario.description, About{"One sentence"});
  visit("tags", scenario.tags, About{"Of every probe"});
  visit.taken("variables", Taken::variables,
              About{"Names with values: a text, {env: NAME} or {file: PATH}; the last two are secrets"});
  visit("probes", scenario.probes, About{"What is sent, a list: [{name: plain}]", true});
  visit.expectations("expect", scenario.expect,
                     About{"What has to hold of each probe, and of all together: mailbox exists, p95(latency) < 30s"});
}

}  // namespace mailprobe::scenarios
