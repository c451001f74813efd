// The limits of this room, each with its reason: what is judged here comes from anybody.
#pragma once

#include <cstddef>

namespace mailprobe::auth::limits {

constexpr std::size_t header_fields = 10'000;   // real messages have tens; the rest is not looked at
constexpr std::size_t signatures = 10;          // verified; RFC 6376 §6.1: a verifier MAY limit how many it tries
constexpr std::size_t signatures_listed = 100;  // the rest is not even shown, unless it is one to verify
constexpr std::size_t tag_list = 16 * 1024;     // bytes of one DKIM-Signature or key record
constexpr std::size_t tags = 100;               // in one list
constexpr std::size_t key_records = 10;         // TXT records at one selector
constexpr std::size_t keys_tried = 20;          // for one message: two records each for all signatures
constexpr std::size_t decoded_keys = 64;        // kept for the next signature by the same; at most 1 KB each
constexpr std::size_t minimum_rsa_bits = 1024;  // RFC 8301 §3.2
constexpr std::size_t maximum_rsa_bits = 8192;  // verification time grows with it
constexpr std::size_t rsa_exponent_bits = 64;   // and with this: one as long as the modulus costs what signing does
constexpr std::size_t signed_header = 4 * 1024 * 1024;  // bytes of fields, for all signatures of a message together
constexpr std::size_t body_lengths = 4;                 // of one message (l=), beside both canonical forms whole

constexpr int spf_terms = 10;              // RFC 7208 §4.6.4: terms that look something up
constexpr int spf_void_lookups = 2;        // RFC 7208 §4.6.4
constexpr std::size_t spf_mx_hosts = 10;   // RFC 7208 §4.6.4
constexpr std::size_t spf_ptr_names = 10;  // RFC 7208 §4.6.4
constexpr std::size_t spf_record = 8 * 1024;
constexpr std::size_t spf_macro_value = 512;     // of a local part or a HELO name; RFC 5321 §4.5.3.1 has 64 and 255
constexpr std::size_t spf_expansion = 2 * 1024;  // a macro bomb stops here
constexpr std::size_t spf_path = 20;             // includes and redirects deep; the terms' limit comes first

constexpr std::size_t from_bytes = 64 * 1024;  // of the From field: more authors than anybody reads
constexpr int dmarc_queries = 8;               // RFC 9989 §4.10: the tree walk
constexpr std::size_t dmarc_record = 8 * 1024;
constexpr std::size_t report_uris = 10;  // whose hosts are asked; RFC 7489 §6.2 let receivers stop at two

constexpr std::size_t authentication_results = 100;  // fields parsed
constexpr std::size_t authentication_result_bytes = 32 * 1024;
constexpr std::size_t results_in_one = 200;
constexpr std::size_t hops = 100;  // RFC 5321 §6.3 says that at least 100 are a loop
constexpr std::size_t received_bytes = 8 * 1024;
constexpr int arc_instances = 50;              // RFC 8617 §4.2.1
constexpr std::size_t arc_keys_tried = 120;    // for one chain: one for each seal and signature, some to spare
constexpr std::size_t arc_bytes = 512 * 1024;  // of one chain: each seal hashes all that is below it

constexpr std::size_t diff_bytes = 4 * 1024;  // of one mutation's diff
constexpr std::size_t compared_bytes = 10 * 1024 * 1024;

constexpr int spf_survey_terms = 50;  // looked up though the evaluation ends at ten: how many too many
constexpr std::size_t spf_survey_senders = 1000;
constexpr std::size_t spf_survey_problems = 20;
constexpr std::size_t spf_steps = 500;         // noted for --explain: more nobody reads
constexpr std::size_t explained_bytes = 200;   // of one value
constexpr std::size_t explained_records = 10;  // of one answer
constexpr std::size_t explained_fields = 50;   // of one h=

}  // namespace mailprobe::auth::limits
