/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class PlotTest {

    private static Document plot(Plot.Series... series) throws Exception {
        Plot plot = new Plot("across", "up & <down>", List.of(new Plot.Panel("one", List.of(series))));
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(plot.svg().getBytes(StandardCharsets.UTF_8)));
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    @Test
    void eachPointHasAMarkAtItsPlace() throws Exception {
        Plot.Series series = new Plot.Series("C", 0, false);
        series.add(1, 10);
        series.add(8, 100);
        series.add(64, 1000);
        NodeList marks = plot(series).getElementsByTagName("circle");
        assertThat(marks.getLength()).isEqualTo(3);
        Element first = (Element) marks.item(0);
        Element middle = (Element) marks.item(1);
        Element last = (Element) marks.item(2);
        assertThat(number(first, "cx")).isLessThan(number(last, "cx"));
        assertThat(number(first, "cy")).isGreaterThan(number(last, "cy"));
        assertThat(number(middle, "cx")).isEqualTo((number(first, "cx") + number(last, "cx")) / 2);
        assertThat(number(middle, "cy")).isEqualTo((number(first, "cy") + number(last, "cy")) / 2);
        assertThat(middle.getTextContent()).isEqualTo("C: 8, 100");
    }

    @Test
    void whatWasReckonedIsDashedAndHasNoMarks() throws Exception {
        Plot.Series series = new Plot.Series("", 0, true);
        series.add(1, 10);
        series.add(2, 20);
        Document plot = plot(series);
        assertThat(plot.getElementsByTagName("circle").getLength()).isZero();
        Element curve = (Element) plot.getElementsByTagName("polyline").item(0);
        assertThat(curve.getAttribute("stroke-dasharray")).isNotEmpty();
    }

    @Test
    void oneValueIsEnough() throws Exception {
        Plot.Series series = new Plot.Series("C", 0, false);
        series.add(1, 10);
        assertThat(plot(series).getElementsByTagName("circle").getLength()).isEqualTo(1);
    }
}
