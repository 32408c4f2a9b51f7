"""What is known: codes, reasons, symptoms, and the mails that only the vendor can answer."""
