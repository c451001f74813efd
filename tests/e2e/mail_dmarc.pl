# A report and its mail as Mail::DMARC writes and packs them: perl mail_dmarc.pl FACTS.json REPORT.xml.gz REPORT.eml
# FACTS: {domain, source_ip, recipient_domain, begin, end, id, count, policy_evaluated, selectors: {selector: result}}
use strict;
use warnings;
use JSON::PP;
use Mail::DMARC::Policy;
use Mail::DMARC::Report;
use Mail::DMARC::Report::Aggregate;
use Mail::DMARC::Report::Aggregate::Record;
use Mail::DMARC::Report::Send::SMTP;

my ($facts_file, $packed_file, $mail_file) = @ARGV;
sub slurp { open(my $file, '<:raw', $_[0]) or die "$_[0]: $!"; local $/; <$file> }
sub spew { open(my $file, '>:raw', $_[0]) or die "$_[0]: $!"; print $file $_[1] }
my $facts = decode_json(slurp($facts_file));

my $report = Mail::DMARC::Report::Aggregate->new;
my $metadata = $report->metadata;
$metadata->org_name($facts->{recipient_domain});
$metadata->email("dmarc\@$facts->{recipient_domain}");
$metadata->report_id($facts->{id});
$metadata->begin($facts->{begin});
$metadata->end($facts->{end});
$report->policy_published(Mail::DMARC::Policy->new(v => 'DMARC1', p => 'reject', domain => $facts->{domain}));
$report->record(Mail::DMARC::Report::Aggregate::Record->new(
    row => {source_ip => $facts->{source_ip}, count => $facts->{count},
            policy_evaluated => $facts->{policy_evaluated}},
    identifiers => {header_from => $facts->{domain}, envelope_from => $facts->{domain}, envelope_to => $facts->{recipient_domain}},
    auth_results => {dkim => [map {+{domain => $facts->{domain}, selector => $_, result => $facts->{selectors}{$_}}} sort keys %{$facts->{selectors}}],
                     spf => [{domain => $facts->{domain}, scope => 'mfrom', result => 'pass'}]}));

my $xml = $report->as_xml;
my $packed = Mail::DMARC::Report->new->compress(\$xml);
spew($packed_file, $packed);
my $sender = Mail::DMARC::Report::Send::SMTP->new;
$sender->{config} = {organization => {domain => $facts->{recipient_domain}, org_name => $facts->{recipient_domain}, email => "dmarc\@$facts->{recipient_domain}"}};
spew($mail_file, $sender->assemble_message_object(\$report, "dmarc\@$facts->{domain}", $packed)->as_string);
