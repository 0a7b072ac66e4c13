"""Stories and topics: found in the graph, followed from night to night."""
