"""The benchmarks: how fast Midcall answers Twilio, beside peers that do the same job."""
