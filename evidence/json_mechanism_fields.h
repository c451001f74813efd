// The members of what other rooms give the evidence document: TLS facts and the results of SPF, DKIM, DMARC and ARC.
// The same lists for writing and for reading; no JSON library here. See json_fields.h.
#pragma once

#include "evidence/json_comparison_fields.h"

namespace mailprobe::evidence {

template <class Visitor>
void fields(Visitor& visit, Like<Certificate> auto& certificate) {
  visit("subject", certificate.subject);
  visit("issuer", certificate.issuer);
  visit("names", certificate.names);
  visit("not_before", certificate.not_before);
  visit("not_after", certificate.not_after);
  visit("key", certificate.key);
  visit("signature", certificate.signature);
  visit("sha256", certificate.sha256);
  visit("spki_sha256", certificate.spki_sha256);
  visit.later("must_staple", certificate.must_staple);
}

template <class Visitor>
void fields(Visitor& visit, Like<Verification> auto& verified) {
  visit("result", verified.result);
  visit("cause", verified.cause);
  visit("detail", verified.detail);
}

template <class Visitor>
void fields(Visitor& visit, Like<DaneFacts> auto& dane) {
  visit("result", dane.result);
  visit("matched", dane.matched);
  visit("depth", dane.depth);
  visit("cause", dane.cause);
  visit("detail", dane.detail);
}

template <class Visitor>
void fields(Visitor& visit, Like<OcspFacts> auto& ocsp) {
  visit.known("status", ocsp.status);
  visit("this_update", ocsp.this_update);
  visit("next_update", ocsp.next_update);
  visit("revoked", ocsp.revoked);
  visit("reason", ocsp.reason);
  visit("problem", ocsp.problem);
}

template <class Visitor>
void fields(Visitor& visit, Like<TlsFacts> auto& tls) {
  visit("version", tls.version);
  visit("cipher", tls.cipher);
  visit("group", tls.group);
  visit("sni", tls.sni);
  visit("peer_signature", tls.peer_signature);
  visit("certificates", tls.certificates);
  visit("verified", tls.verified);
  visit("dane", tls.dane);
}

template <class Visitor>
void fields(Visitor& visit, Like<TlsOption> auto& option) {
  visit("name", option.name);
  visit("answer", option.answer);
}

template <class Visitor>
void fields(Visitor& visit, Like<TlsChain> auto& chain) {
  visit("key", chain.key);
  visit("certificates", chain.certificates);
  visit("verified", chain.verified);
  visit.later("dane", chain.dane);
  visit.later("stapled", chain.stapled);
  visit.later("ocsp", chain.ocsp);
}

template <class Visitor>
void fields(Visitor& visit, Like<TlsStep> auto& step) {
  visit("asked", step.asked);
  visit("answered", step.answered);
}

template <class Visitor>
void fields(Visitor& visit, Like<TlsOmission> auto& omission) {
  visit("what", omission.what);
  visit("cause", omission.cause);
  visit("why", omission.why);
}

template <class Visitor>
void fields(Visitor& visit, Like<TlsSurvey> auto& survey) {
  visit("started", survey.started);
  visit("full", survey.full);
  visit("finished", survey.finished);
  visit("connections", survey.connections);
  visit("versions", survey.versions);
  visit("suites", survey.suites);
  visit("groups", survey.groups);
  visit("hashes", survey.hashes);
  visit("keys", survey.keys);
  visit("preferred_suite", survey.preferred_suite);
  visit("preference", survey.preference);
  visit("dh_bits", survey.dh_bits);
  visit("compression", survey.compression);
  visit("secure_renegotiation", survey.secure_renegotiation);
  visit("client_renegotiation", survey.client_renegotiation);
  visit("extended_master_secret", survey.extended_master_secret);
  visit.later("encrypt_then_mac", survey.encrypt_then_mac);
  visit("session_tickets", survey.session_tickets);
  visit("early_data", survey.early_data);
  visit("ocsp_stapling", survey.ocsp_stapling);
  visit("chains", survey.chains);
  visit("steps", survey.steps);
  visit("omitted", survey.omitted);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::SpfStep> auto& step) {
  visit("domain", step.domain);
  visit("term", step.term);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::SpfSender> auto& sender) {
  visit("domain", sender.domain);
  visit("term", sender.term);
  visit("outcome", sender.outcome);
  visit("networks", sender.networks);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::SpfSurvey> auto& survey) {
  visit("lookups", survey.lookups);
  visit("void_lookups", survey.void_lookups);
  visit("void_lookups_ipv6", survey.void_lookups_ipv6);
  visit("senders", survey.senders);
  visit("rest", survey.rest);
  visit("problems", survey.problems);
  visit("failures", survey.failures);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::Spf> auto& spf) {
  visit("result", spf.result);
  visit.known("domain", spf.domain);
  visit("mechanism", spf.mechanism);
  visit("path", spf.path);
  visit("lookups", spf.lookups);
  visit("void_lookups", spf.void_lookups);
  visit.known("identity", spf.identity);
  visit.known("reason", spf.reason);
  visit.known("explanation", spf.explanation);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::Mutation> auto& mutation) {
  visit("kind", mutation.kind);
  visit("part", mutation.part);
  visit("sent", mutation.sent);
  visit("received", mutation.received);
  visit.known("diff", mutation.diff);
  visit.later("canonicalizations", mutation.canonicalizations);
  visit.later("headers", mutation.headers);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::Dkim> auto& dkim) {
  visit("index", dkim.index);
  visit.known("domain", dkim.domain);
  visit.known("selector", dkim.selector);
  visit.known("algorithm", dkim.algorithm);
  visit.known("canonicalization", dkim.canonicalization);
  visit.known("header_b", dkim.header_b);
  visit("result", dkim.result);
  visit.known("reason", dkim.reason);
  visit("header_ok", dkim.header_ok);
  visit("body_ok", dkim.body_ok);
  visit("partial", dkim.partial);
  visit.known("key_bits", dkim.key_bits);
  visit("mutation", dkim.mutation);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::ArcInstance> auto& instance) {
  visit("instance", instance.instance);
  visit.known("domain", instance.domain);
  visit.known("selector", instance.selector);
  visit.known("cv", instance.cv);
  visit.known("authserv_id", instance.authserv_id);
  visit("results", instance.results);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::Arc> auto& arc) {
  visit("result", arc.result);
  visit.known("reason", arc.reason);
  visit("temporary", arc.temporary);
  visit("oldest_pass", arc.oldest_pass);
  visit("instances", arc.instances);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::DmarcResult7489> auto& result) {
  visit("result", result.result);
  visit("policy", result.policy);
  visit("disposition", result.disposition);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::Dmarc> auto& dmarc) {
  visit("result", dmarc.result);
  visit.known("reason", dmarc.reason);
  visit.known("domain", dmarc.domain);
  visit.known("record_domain", dmarc.record_domain);
  visit("policy", dmarc.policy);
  visit("disposition", dmarc.disposition);
  visit("claimed_disposition", dmarc.claimed_disposition);
  visit("aligned_spf", dmarc.aligned_spf);
  visit("aligned_dkim", dmarc.aligned_dkim);
  visit("rfc7489", dmarc.rfc7489);
  visit.later("fo", dmarc.failure_options);
  visit.later("rua", dmarc.rua);
  visit.later("ruf", dmarc.ruf);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::MethodResult> auto& result) {
  visit("method", result.method);
  visit("result", result.result);
  visit.known("reason", result.reason);
  visit("properties", result.properties);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::AuthenticationResults> auto& results) {
  visit.known("authserv_id", results.authserv_id);
  visit("trusted", results.trusted);
  visit("results", results.results);
  visit("raw", results.raw);
}

template <class Visitor>
void fields(Visitor& visit, Like<auth::Hop> auto& hop) {
  visit("time", hop.time);
  visit.known("from", hop.from);
  visit.known("by", hop.by);
  visit.known("protocol", hop.protocol);
  visit("delay_ms", hop.delay_ms);
  visit("tls", hop.tls);
  visit("tls_source", hop.tls_source);
}

}  // namespace mailprobe::evidence
