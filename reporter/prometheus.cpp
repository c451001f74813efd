// What monitoring draws curves of and raises alarms from: the text exposition format, for node_exporter's textfile
// collector. Names that the blackbox exporter has are used as it uses them.
#include <map>
#include <set>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "evidence/tried.h"
#include "reporter/escape.h"
#include "reporter/measurements.h"
#include "reporter/reporter.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using std::chrono::duration;

constexpr std::size_t longest_label = 300;

using Labels = std::vector<std::pair<std::string, std::string>>;

ClientMetric metric(const Document& document, const Labels& labels, double value) {
  ClientMetric out;
  out.label.push_back({.name = "target", .value = one_line(document.run.target, longest_label)});
  for (const auto& [name, text] : labels) out.label.push_back({.name = name, .value = one_line(text, longest_label)});
  out.gauge.value = value;
  return out;
}

double seconds(Time at) { return duration<double>(at.time_since_epoch()).count(); }

using Add = void (*)(const Document&, std::vector<ClientMetric>&);

void add_success(const Document& document, std::vector<ClientMetric>& out) {
  out.push_back(metric(document, {}, document.run.exit == 0 ? 1 : 0));
}

void add_started(const Document& document, std::vector<ClientMetric>& out) {
  out.push_back(metric(document, {}, seconds(document.run.started)));
}

void add_duration(const Document& document, std::vector<ClientMetric>& out) {
  if (!document.run.finished) return;
  out.push_back(metric(document, {}, duration<double>(*document.run.finished - document.run.started).count()));
}

void add_versions(const Document& document, std::vector<ClientMetric>& out) {
  for (const auto& tried : evidence::tried_addresses(document))
    if (const auto& tls = tried.attempt.tls)
      out.push_back(metric(document,
                           {{"host", tried.attempt.host},
                            {"address", tried.attempt.address},
                            {"version", tls->version},
                            {"cipher", tls->cipher}},
                           1));
}

void add_expiry(const Document& document, std::vector<ClientMetric>& out) {
  if (const auto earliest = earliest_expiry(document)) out.push_back(metric(document, {}, seconds(*earliest)));
}

void add_findings(const Document& document, std::vector<ClientMetric>& out) {
  std::map<std::pair<std::string, std::string>, int> counts;
  for (const auto& finding : document.findings) ++counts[{finding.check, std::string(word(finding.verdict))}];
  for (const auto& [which, count] : counts)
    out.push_back(metric(document, {{"check", which.first}, {"verdict", which.second}}, count));
}

void add_latency(const Document& document, std::vector<ClientMetric>& out) {
  for (const auto& probe : document.probes)
    if (probe.mailbox)
      out.push_back(metric(document, {{"probe", probe.name}, {"folder", probe.mailbox->folder}},
                           static_cast<double>(probe.mailbox->delay_ms) / 1000));
}

void add_scores(const Document& document, std::vector<ClientMetric>& out) {
  for (const auto& score : document.scores)
    if (score.max > 0)
      out.push_back(
          metric(document, {{"profile", score.profile}, {"category", score.category}}, score.value / score.max));
}

struct Family {
  const char *name, *help;
  Add add;
};

constexpr std::array<Family, 8> families{{
    {.name = "probe_success", .help = "Whether every expected check held.", .add = add_success},
    {.name = "probe_duration_seconds", .help = "How long the run took.", .add = add_duration},
    {.name = "probe_tls_version_info", .help = "The TLS that was negotiated with an address.", .add = add_versions},
    {.name = "probe_ssl_earliest_cert_expiry",
     .help = "When the first of the certificates that were shown expires, in seconds since 1970.",
     .add = add_expiry},
    {.name = "mailprobe_run_started_timestamp_seconds",
     .help = "When the run began, in seconds since 1970.",
     .add = add_started},
    {.name = "mailprobe_finding", .help = "How many findings of a check have a verdict.", .add = add_findings},
    {.name = "mailprobe_latency_seconds",
     .help = "From the server's acceptance to the copy in the mailbox.",
     .add = add_latency},
    {.name = "mailprobe_score_ratio", .help = "A score as a share of its maximum.", .add = add_scores},
}};

/// A series stands once in an exposition: of two the first.
void leave_out_doubles(std::vector<ClientMetric>& metrics) {
  std::set<Labels> seen;
  std::erase_if(metrics, [&](const ClientMetric& one) {
    Labels labels;
    labels.reserve(one.label.size());
    for (const auto& label : one.label) labels.emplace_back(label.name, label.value);
    return !seen.insert(std::move(labels)).second;
  });
}

}  // namespace

std::string prometheus_text(const Documents& documents) {
  std::vector<MetricFamily> all;
  for (const auto& family : families) {
    MetricFamily out{.name = family.name, .help = family.help, .type = MetricType::Gauge, .metric = {}};
    for (const auto& document : documents) family.add(document, out.metric);
    leave_out_doubles(out.metric);
    if (!out.metric.empty()) all.push_back(std::move(out));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, all);
  return text.str();
}

}  // namespace mailprobe::reporter
