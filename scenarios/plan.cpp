#include "scenarios/plan.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "scenarios/faults.h"

namespace mailprobe::scenarios {

namespace {

namespace json = boost::json;

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : std::string(between)) + part;
  return out;
}

std::string delivery_of(const PlannedProbe& probe) {
  if (probe.via) return "through the submission server " + *probe.via;
  if (probe.server) return "to " + *probe.server;
  return "to the MX of " + probe.domain;
}

std::string_view floor_text(TlsFloor floor) {
  switch (floor) {
    case TlsFloor::may: return "plain text where there is no TLS";
    case TlsFloor::encrypt: return "TLS, or nothing is sent";
    case TlsFloor::verify: return "TLS with a valid certificate, or nothing is sent";
    case TlsFloor::sts: return "TLS as the target's MTA-STS policy asks for, or nothing is sent";
    case TlsFloor::dane: return "TLS that DANE authenticates, or nothing is sent";
  }
  return {};
}

std::string text_of(const PlannedProbe& probe, bool each_mx) {
  std::string out = "probe " + probe.name + "\n";
  const auto line = [&out](std::string_view label, std::string_view value) {
    out += "  " + std::string(label) + std::string(label.size() < 10 ? 10 - label.size() : 1, ' ') +
           std::string(value) + "\n";
  };
  line("from", probe.from + " (identity " + probe.identity + ")");
  line("to", probe.to);
  line("delivery", delivery_of(probe) + (each_mx ? ", one message to each address" : ""));
  line("transport", std::string(floor_text(probe.floor)) + (probe.require_tls ? "; REQUIRETLS" : "") +
                        (probe.dsn ? "; asks for a report (DSN)" : ""));
  line("signed", probe.signatures.empty() ? "not at all" : joined(probe.signatures, "\n            "));
  if (probe.secret) line("secret", "in the message: nothing of it is shown");
  if (const auto fault = fault_of(probe.send)) line("fault", *fault + ", on purpose");
  if (probe.control_of) line("control of", *probe.control_of);
  line("watched", joined(probe.witnesses, ", ") + (probe.mailbox ? " (" + *probe.mailbox + ")" : ""));
  if (!probe.expect.empty()) line("expected", joined(probe.expect, "\n            "));
  return out;
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

json::value value_of(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

json::object object_of(const PlannedProbe& probe) {
  json::object out;
  out["name"] = probe.name;
  out["identity"] = probe.identity;
  out["from"] = probe.from;
  out["to"] = probe.to;
  out["domain"] = probe.domain;
  out["signatures"] = array_of(probe.signatures);
  out["via"] = value_of(probe.via);
  out["server"] = value_of(probe.server);
  out["floor"] = json::string(word(probe.floor));
  out["require_tls"] = probe.require_tls;
  out["mailbox"] = value_of(probe.mailbox);
  out["copy"] = probe.copy;
  out["witnesses"] = array_of(probe.witnesses);
  out["variation"] = value_of(probe.variation);
  out["control_of"] = value_of(probe.control_of);
  out["fault"] = value_of(fault_of(probe.send));
  out["expect"] = array_of(probe.expect);
  return out;
}

}  // namespace

std::string to_text(const Plan& plan) {
  std::string out = "target " + plan.target + (plan.scenario ? ", scenario " + *plan.scenario : "") + "\n";
  for (const auto& probe : plan.probes) out += "\n" + text_of(probe, plan.each_mx);
  if (!plan.expect.empty()) out += "\nexpected of all: " + joined(plan.expect, "\n                 ") + "\n";
  for (const auto& one : plan.left_out) out += "\nleft out: " + one.probe + "; " + one.why + "\n";
  return out + "\nNothing was looked up and nothing was sent.\n";
}

std::string to_json(const Plan& plan) {
  json::array probes;
  for (const auto& probe : plan.probes) probes.push_back(object_of(probe));
  json::object out;
  out["target"] = plan.target;
  out["scenario"] = value_of(plan.scenario);
  out["each_mx"] = plan.each_mx;
  out["probes"] = std::move(probes);
  out["expect"] = array_of(plan.expect);
  return json::serialize(out);
}

std::map<std::string, bool> wanted_copies(std::string_view plan) {
  std::map<std::string, bool> wanted;
  json::error_code error;
  const auto root = json::parse(plan, error);
  const auto* top = error ? nullptr : root.if_object();
  const auto* probes = top == nullptr ? nullptr : top->if_contains("probes");
  if (probes == nullptr || !probes->is_array()) return wanted;
  for (const auto& each : probes->get_array()) {
    const auto* probe = each.if_object();
    const auto* name = probe == nullptr ? nullptr : probe->if_contains("name");
    const auto* copy = probe == nullptr ? nullptr : probe->if_contains("copy");
    if (name == nullptr || copy == nullptr || !name->is_string() || !copy->is_bool()) continue;
    wanted.emplace(std::string(name->get_string()), copy->get_bool());
  }
  return wanted;
}

}  // namespace mailprobe::scenarios
