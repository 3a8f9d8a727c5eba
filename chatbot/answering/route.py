"""A RunnableBranch that is drawn with all its branches, so that the graph of a chain shows every stage."""

from typing import Any

from langchain_core.runnables import Runnable, RunnableBranch, RunnableConfig
from langchain_core.runnables.graph import Graph


class Route(RunnableBranch[Any, Any]):
    """A named RunnableBranch: pairs of a condition and a Runnable, then the Runnable for all else."""

    def __init__(self, name: str, *branches: Any) -> None:  # noqa: ANN401
        super().__init__(*branches)
        self.name = name

    def get_graph(self, config: RunnableConfig | None = None) -> Graph:
        """The branches side by side, between this node and an output; LangChain's own is a single node."""
        graph = Graph()
        start, end = graph.add_node(self), graph.add_node(self.get_output_schema(config))
        for branch in (*(branch for _, branch in self.branches), self.default):
            first, last = graph.extend(_stages(branch, config))
            assert first is not None and last is not None
            graph.add_edge(start, first, conditional=True)
            graph.add_edge(last, end)
        return graph


def _stages(branch: Runnable[Any, Any], config: RunnableConfig | None) -> Graph:
    graph = branch.get_graph(config)
    graph.trim_first_node()
    graph.trim_last_node()
    return graph
