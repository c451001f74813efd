// The limits of this room, each with its reason: a report comes from anybody.
#pragma once

#include <cstddef>

namespace mailprobe::reports::limits {

constexpr std::size_t mail = 32UL * 1024 * 1024;  // a message or a file: what is unpacked below, as base64, and more
constexpr std::size_t unpacked = 10UL * 1024 * 1024;  // one report; those of large providers have some 100 KB
constexpr std::size_t free_output = 1024UL * 1024;    // below it any ratio is fine
constexpr std::size_t ratio = 250;                    // reports shrink to a 20th; deflate can reach 1,032
constexpr std::size_t parts = 10;                     // of a message that are tried; a report has one
constexpr std::size_t file_name = 512;                // RFC 9990 §3.5.2: two names, two numbers, an id

constexpr std::size_t xml_depth = 16;            // RFC 9990's own is 5
constexpr std::size_t xml_elements = 1'000'000;  // 10 MB of records have some 400,000
constexpr std::size_t xml_name = 128;            // of an element, its namespace apart
constexpr std::size_t xml_text = 1024;           // kept of one element
constexpr std::size_t records = 50'000;          // of one report; 10 MB hold half of that
constexpr std::size_t results_of_record = 100;   // RFC 9990 §3.1.3: no more than 100 signatures
constexpr std::size_t reasons_of_record = 20;
constexpr std::size_t errors = 20;

constexpr std::size_t json_depth = 16;       // RFC 8460's own is 5
constexpr std::size_t policies = 1'000;      // a report is about one domain; its parents' policies may be in it
constexpr std::size_t failures = 20'000;     // of one policy
constexpr std::size_t policy_strings = 100;  // lines of an MTA-STS policy, or TLSA records
constexpr std::size_t text = 1024;           // kept of one value
constexpr unsigned long long count = 1'000'000'000'000'000;  // of messages or sessions: more than there are

constexpr std::size_t rows = 100;     // joined to one probe: a record each for a few results
constexpr std::size_t oddities = 20;  // noted; more say nothing new

}  // namespace mailprobe::reports::limits
